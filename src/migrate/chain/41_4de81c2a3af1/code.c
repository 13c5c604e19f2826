/* A note that was pinned is pinned for its owner. */
#include "base/embed.h"
#include "base/memory.h"
#include "base/random.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"

#define PAGE 1000
#define NANOSECONDS 1000000000LL

EMBED_FILE(chain_4de81c2a3af1_after, "src/migrate/chain/41_4de81c2a3af1/after.sql");

static const char *const columns[] = {"id", "user_id", "note_id", "created_at"};

struct page {
	struct batch pins;
	int64_t now; /* ns */
};

static fallible find_blockers(struct blockers *blockers)
{
	bool exists;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_column_exists(blockers->installation->db, "note", "is_pinned", &exists));
	if (!exists)
		return NULL;
	TRY(db_query(blockers->installation->db, "select id from note where is_pinned and user_id is null order by id",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "give the note an owner, or take the pin off",
			     "the note %s is pinned and nobody's", db_cell_text(rows, 0));
	return error;
}

static fallible read_note(void *state, const struct db_rows *row)
{
	struct page *page = state;
	char id[UUID_TEXT_SIZE];
	random_uuid(id);
	const struct db_value values[] = {db_text(id), db_text(db_cell_text(row, 1)), db_text(db_cell_text(row, 0)),
					  db_integer(page->now)};
	batch_add(&page->pins, values);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	return batch_load(&page->pins, work->db);
}

static fallible run(struct work *work)
{
	struct page page = {{.table = "pinned_note", .columns = columns, .width = COUNT(columns)},
			    work->now * NANOSECONDS};
	TRY(work_begin_anew(work, "DELETE FROM pinned_note"));
	struct error *error = work_pass(work, &(struct pass){.table = "note",
							     .columns = "user_id",
							     .where = "is_pinned",
							     .page = PAGE,
							     .read = read_note,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.pins);
	return error;
}

static const struct chain_touch touches[] = {
	{"note", EFFECT_READS, NULL},
	{"pinned_note", EFFECT_FILLS, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_4de81c2a3af1 = {.find_blockers = find_blockers,
						   .run = run,
						   .after_sqlite = chain_4de81c2a3af1_after,
						   .after_postgresql = chain_4de81c2a3af1_after,
						   .touches = touches};
