/* The id of a tag becomes its name, in small letters and with underscores, for every account that has it. Upstream does
 * this before two accounts can have the same id, and deletes the others' tags. */
#include <string.h>

#include "base/memory.h"
#include "migrate/chain/06_1af9b942657b/tag.h"
#include "migrate/chain/code.h"

#define PAGE 100

enum { ID = 1, USER, NAME };

struct tag {
	char *id, *user, *new_id;
};

struct page {
	struct tag *tags;
	size_t count;
};

/* The key is the id and the account; there an account is no NULL. */
static fallible find_blockers(struct blockers *blockers)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	if (!db_can(blockers->installation->db, DB_CAN_ALTER_TABLES)) /* SQLite takes NULL in a key */
		return NULL;
	TRY(db_query(blockers->installation->db, "select id from tag where user_id is null order by id", NULL, 0,
		     &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "give the tag an owner, or delete it", "the tag %s is nobody's",
			     db_cell_text(rows, 0));
	return error;
}

static void forget(struct page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		free(page->tags[i].id);
		free(page->tags[i].user);
		free(page->tags[i].new_id);
	}
	page->count = 0;
}

/* One without a name keeps its id. */
static fallible read_tag(void *state, const struct db_rows *row)
{
	struct page *page = state;
	const char *name = db_cell_text(row, NAME), *id = db_cell_text(row, ID);
	if (!name)
		return NULL;
	AUTO(memory) char *new_id = tag_id(name);
	if (!strcmp(new_id, id))
		return NULL;
	page->tags[page->count++] = (struct tag){text_copy(id), text_copy(db_cell_text(row, USER)), text_copy(new_id)};
	return NULL;
}

static fallible run_on(struct db *db, const struct tag *tag, const char *sql)
{
	const struct db_value parameters[] = {db_text(tag->id), db_text(tag->user), db_text(tag->new_id)};
	size_t count = strstr(sql, "$3") ? 3 : 2;
	AUTO(memory)
	char *whole = text_format("%s where id = $1 and user_id %s $2", sql, db_pick(db, "is", "is not distinct from"));
	return db_run(db, whole, parameters, count, NULL);
}

/* *taken: by another row of the account, whose own place that is. One that is there by chance gets its own in its turn,
 * so this one comes again in the next pass. */
static fallible is_taken(struct db *db, const struct tag *tag, bool *there, bool *taken)
{
	AUTO(memory) char *name = NULL;
	AUTO(memory)
	char *sql = text_format("select coalesce(name, '') from tag where id = $1 and user_id %s $2",
				db_pick(db, "is", "is not distinct from"));
	const struct db_value parameters[] = {db_text(tag->new_id), db_text(tag->user)};
	TRY(db_single_text(db, sql, parameters, COUNT(parameters), there, &name));
	AUTO(memory) char *its = name ? tag_id(name) : NULL;
	*taken = text_equal(its, tag->new_id);
	return NULL;
}

static fallible write_tag(struct db *db, const struct tag *tag)
{
	bool there = false, taken = false;
	TRY(is_taken(db, tag, &there, &taken));
	if (taken)
		return run_on(db, tag, "delete from tag");
	return there ? NULL : run_on(db, tag, "update tag set id = $3");
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	for (size_t i = 0; i < page->count; i++)
		TRY(write_tag(work->db, &page->tags[i]));
	forget(page);
	return NULL;
}

/* What got its new id comes again where that is behind the old one, and is right already. */
static fallible run(struct work *work)
{
	AUTO(memory) struct tag *tags = mem_new(PAGE, sizeof *tags);
	struct page page = {.tags = tags};
	struct error *error = NULL;
	for (int i = 0; !error && i < 2; i++)
		error = work_pass(work,
				  &(struct pass){.table = "tag",
						 .key = db_pick(work->db, "(id || char(1) || coalesce(user_id, ''))",
								"(id || chr(1) || coalesce(user_id, ''))"),
						 .columns = "id, user_id, name",
						 .page = PAGE,
						 .read = read_tag,
						 .write = write_page,
						 .state = &page});
	forget(&page);
	return error;
}

static const struct chain_touch touches[] = {
	{"tag", EFFECT_READS | EFFECT_WRITES, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_3ab32c4b8f59 = {.find_blockers = find_blockers, .run = run, .touches = touches};
