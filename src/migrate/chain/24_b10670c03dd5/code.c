/* What info and settings hold becomes JSON. SQLite gets the table anew, in one go: accounts are few. */
#include "migrate/chain/code.h"
#include "migrate/fit.h"
#include "migrate/scratch.h"

#define SCRATCH "owctl_user"

static const char changes[] = "ALTER TABLE " SCRATCH " DROP COLUMN info;"
			      "ALTER TABLE " SCRATCH " DROP COLUMN settings;"
			      "ALTER TABLE " SCRATCH " DROP COLUMN api_key;"
			      "ALTER TABLE " SCRATCH " DROP COLUMN oauth_sub;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN profile_banner_image_url TEXT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN timezone VARCHAR;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN presence_state VARCHAR;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN status_emoji VARCHAR;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN status_message TEXT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN status_expires_at BIGINT;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN oauth JSON;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN info JSON;"
			      "ALTER TABLE " SCRATCH " ADD COLUMN settings JSON";

/* "provider@subject"; without a provider it is the one that there was first. */
static const char *const values[][2] = {
	{"info", "coalesce(info, 'null')"},
	{"settings", "coalesce(settings, 'null')"},
	{"oauth", "case when coalesce(oauth_sub, '') = '' then null"
		  " when instr(oauth_sub, '@') = 0 then json_object('oidc', json_object('sub', oauth_sub))"
		  " else json_object(substr(oauth_sub, 1, instr(oauth_sub, '@') - 1),"
		  " json_object('sub', substr(oauth_sub, instr(oauth_sub, '@') + 1))) end"},
	{NULL, NULL}};

static const char keys[] = "CREATE TABLE api_key ("
			   " id TEXT NOT NULL,"
			   " user_id TEXT,"
			   " \"key\" TEXT NOT NULL,"
			   " data JSON,"
			   " expires_at BIGINT,"
			   " last_used_at BIGINT,"
			   " created_at BIGINT NOT NULL,"
			   " updated_at BIGINT NOT NULL,"
			   " PRIMARY KEY (id),"
			   " UNIQUE (id),"
			   " FOREIGN KEY (user_id) REFERENCES \"user\" (id) ON DELETE CASCADE,"
			   " UNIQUE (\"key\"))";

static fallible prepare(struct work *work)
{
	TRY(fit_column(work, "user", "info"));
	return fit_column(work, "user", "settings");
}

static fallible sql_is_done(struct db *db, bool *done)
{
	*done = !db_can(db, DB_CAN_ALTER_TABLES);
	return NULL;
}

static fallible run(struct work *work)
{
	static const struct scratch_edit edits[] = {
		{"unique(api_key)", NULL}, {"unique(oauth_sub)", NULL}, {NULL, NULL}};
	const struct db_value now = db_integer(work->now);
	if (db_can(work->db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(db_script(work->db, keys));
	TRY(db_run(work->db,
		   "insert into api_key (id, user_id, \"key\", created_at, updated_at)"
		   " select 'key_' || id, id, api_key, $1, $1 from \"user\" where api_key <> ''",
		   &now, 1, NULL));
	TRY(scratch_make(work->db, "user", SCRATCH, edits, NULL, changes));
	TRY(scratch_fill(work->db, "user", SCRATCH, values));
	return scratch_swap(work->db, "user", SCRATCH);
}

const struct chain_code chain_code_b10670c03dd5 = {.prepare = prepare, .sql_is_done = sql_is_done, .run = run};
