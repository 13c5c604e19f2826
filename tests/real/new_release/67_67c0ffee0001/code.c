/* Every user gets a badge. */
#include "base/memory.h"
#include "migrate/batch.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"

#define PAGE 1000

static const char *const columns[] = {"id", "user_id", "name"};

struct page {
	struct batch badges;
	struct changes users;
};

static fallible read_user(void *state, const struct db_rows *row)
{
	struct page *page = state;
	const char *user = db_cell_text(row, 0);
	AUTO(memory) char *badge = text_format("of %s", user);
	const struct db_value values[] = {db_text(badge), db_text(user), db_text("first")};
	batch_add(&page->badges, values);
	changes_add(&page->users, user, badge);
	return NULL;
}

static fallible write_page(void *state, struct work *work)
{
	struct page *page = state;
	TRY(batch_load(&page->badges, work->db));
	return changes_write(&page->users, work->db);
}

static fallible run(struct work *work)
{
	struct page page = {{.table = "badge", .columns = columns, .width = COUNT(columns)},
			    {.table = "user", .column = "badge_id", .type = "text"}};
	struct error *error = work_pass(work, &(struct pass){.table = "user",
							     .page = PAGE,
							     .read = read_user,
							     .write = write_page,
							     .state = &page});
	batch_cleanup(&page.badges);
	changes_cleanup(&page.users);
	return error;
}

static const struct chain_touch touches[] = {
	{"user", EFFECT_READS | EFFECT_WRITES, NULL},
	{"badge", EFFECT_FILLS, "user"},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_67c0ffee0001 = {.run = run, .touches = touches};
