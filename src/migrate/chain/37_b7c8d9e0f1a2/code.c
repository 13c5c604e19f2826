/* What exists counts as read. Writing a chat anew costs its whole text, so where the same run comes to the revision
 * that finds out the current message, both are done here. No column of chat comes between the two, and nothing that
 * is looked at changes meanwhile. If this run does not get there, the next one does that revision's work again. */
#include "migrate/chain/50_9a1b2c3d4e5f/current.h"
#include "migrate/chain/code.h"

static fallible run(struct work *work)
{
	if (!revision_reaches(work->to, REVISION_9a1b2c3d4e5f))
		return db_run(work->db, "update chat set last_read_at = updated_at", NULL, 0, NULL);
	TRY(current_add_column(work->db));
	TRY(current_find(work, ", last_read_at = updated_at"));
	work->run->current_found = true;
	return NULL;
}

static const struct chain_touch touches[] = {
	{"chat", EFFECT_READS | EFFECT_WRITES, NULL},
	{NULL, 0, NULL},
};

const struct chain_code chain_code_b7c8d9e0f1a2 = {.run = run, .touches = touches};
