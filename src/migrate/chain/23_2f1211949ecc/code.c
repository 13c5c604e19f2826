/* Who was a member before joined when that was written down. Upstream has no value for joined_at, and fails where there
 * are members. SQLite makes the table anew. */
#include "base/memory.h"
#include "migrate/chain/code.h"
#include "migrate/scratch.h"

#define SCRATCH "_alembic_tmp_channel_member"
#define NANOSECONDS 1000000000LL

static const char changes[] = "ALTER TABLE " SCRATCH " ADD COLUMN status TEXT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT 1;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN is_channel_muted BOOLEAN NOT NULL DEFAULT 0;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN is_channel_pinned BOOLEAN NOT NULL DEFAULT 0;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN data JSON;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN meta JSON;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN joined_at BIGINT NOT NULL;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN left_at BIGINT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN last_read_at BIGINT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN updated_at BIGINT;"
			      "ALTER TABLE message ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT 0;"
			      "ALTER TABLE message ADD COLUMN pinned_at BIGINT;"
			      "ALTER TABLE message ADD COLUMN pinned_by TEXT";

static fallible sql_is_done(struct db *db, bool *done)
{
	*done = !db_can(db, DB_CAN_ALTER_TABLES);
	return NULL;
}

static fallible run(struct work *work)
{
	if (db_can(work->db, DB_CAN_ALTER_TABLES))
		return NULL;
	AUTO(memory)
	char *joined = text_format("coalesce(created_at, %lld)", (long long)(work->now * NANOSECONDS));
	const char *const values[][2] = {{"joined_at", joined}, {NULL, NULL}};
	TRY(scratch_make(work->db, "channel_member", SCRATCH, NULL, NULL, changes));
	TRY(scratch_fill(work->db, "channel_member", SCRATCH, values));
	return scratch_swap(work->db, "channel_member", SCRATCH);
}

const struct chain_code chain_code_2f1211949ecc = {.sql_is_done = sql_is_done, .run = run};
