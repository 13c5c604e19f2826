/* What exists counts as read. Writing a chat anew costs its whole text, so where the same run comes to the revision
 * that finds out the current message, both are done here. No column of chat comes between the two, and nothing that
 * is looked at changes meanwhile. If this run does not get there, the next one does that revision's work again; so
 * does one that goes on here, as who was cut off may have been beside a server.
 * Beside a running server chats do change meanwhile: each revision does its own. */
#include "migrate/chain/50_9a1b2c3d4e5f/current.h"
#include "migrate/chain/code.h"
#include "migrate/changes.h"

#define PAGE 1000

static fallible read_time(void *state, const struct db_rows *row)
{
	const char *time = db_cell_text(row, 1);
	changes_add(state, db_cell_text(row, 0), time ? time : "");
	return NULL;
}

/* One statement is quicker, and keeps everybody who writes a chat waiting until all are done. What was begun in pages
 * goes on in pages. */
static fallible copy_times(struct work *work)
{
	AUTO(changes) struct changes changes = {.table = "chat", .column = "last_read_at", .type = "bigint"};
	if (!work->run->manner.online && !work->pass)
		return db_run(work->db, "update chat set last_read_at = updated_at", NULL, 0, NULL);
	return work_pass(work, &(struct pass){.table = "chat",
					      .columns = "updated_at",
					      .page = PAGE,
					      .read = read_time,
					      .write = changes_write_page,
					      .state = &changes});
}

static fallible redo(struct work *work)
{
	return work_run_only(work, "update chat set last_read_at = updated_at where id in ");
}

static fallible run(struct work *work)
{
	if (work->run->manner.online || work->pass || !revision_reaches(work->run->to, REVISION_9a1b2c3d4e5f))
		return copy_times(work);
	TRY(current_add_column(work->db));
	TRY(current_find(work, ", last_read_at = updated_at"));
	work->run->current_found = true;
	return NULL;
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS | EFFECT_WRITES, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_b7c8d9e0f1a2 = {
	.run = run, .watched = "updated_at, chat", .redo = redo, .touches = touches};
