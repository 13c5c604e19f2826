#include "migrate/watch.h"

#include "base/log.h"
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"

#define TABLE "owctl_changed"
#define TRIGGER "owctl_watch_"
#define AT_ONCE 100 /* chats */

/* A plain insert: what a trigger's statement says of conflicts counts for nothing in SQLite. */
static const char sqlite_trigger[] =
	"CREATE TRIGGER IF NOT EXISTS " TRIGGER "%s_%s AFTER %s ON chat BEGIN INSERT INTO " TABLE " (revision, id)"
	" SELECT '%s', %s.id WHERE NOT EXISTS"
	" (SELECT 1 FROM " TABLE " WHERE revision = '%s' AND id = %s.id); END;";

/* Whatever role the server has and wherever it looks for tables, the note is for the owner of this function to make.
 * Whoever might make a trigger of it, on a table beside an owctl_changed of his own, would run what that sets off as
 * its owner: nobody else may. A trigger that is there asks for no such right. */
static const char postgresql_function[] =
	"CREATE OR REPLACE FUNCTION owctl_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
	" SET search_path = pg_catalog, pg_temp AS $owctl$ DECLARE changed text; BEGIN"
	" IF TG_OP = 'DELETE' THEN changed := OLD.id; ELSE changed := NEW.id; END IF;"
	" EXECUTE format('INSERT INTO %I." TABLE " (revision, id) VALUES ($1, $2) ON CONFLICT DO NOTHING',"
	" TG_TABLE_SCHEMA) USING TG_ARGV[0], changed; RETURN NULL; END $owctl$;"
	" REVOKE ALL ON FUNCTION owctl_watch() FROM PUBLIC;";

static const char *const sqlite_events[] = {"insert", "update", "delete"};

fallible watch_is_open(struct db *db, bool *open)
{
	return db_table_exists(db, TABLE, open);
}

/* A table of another shape would make what servers write to chats fail. */
static fallible make_table(struct db *db)
{
	bool has_revision, has_id;
	TRY(db_script(db, "CREATE TABLE IF NOT EXISTS " TABLE
			     " (revision TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (id, revision))"));
	TRY(db_column_exists(db, TABLE, "revision", &has_revision));
	TRY(db_column_exists(db, TABLE, "id", &has_id));
	if (has_revision && has_id)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "a table " TABLE " is there that is not owctl's"),
			  "look what it is, and give it another name");
}

static fallible open_sqlite(struct db *db, const char *id, const char *watched)
{
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; i < COUNT(sqlite_events); i++) {
		const char *event = sqlite_events[i], *row = *event == 'd' ? "old" : "new";
		AUTO(memory) char *what = *event == 'u' ? text_format("UPDATE OF %s", watched) : text_copy(event);
		str_add_format(&sql, sqlite_trigger, id, event, what, id, row, id, row);
	}
	return db_script(db, str_text(&sql));
}

static fallible open_postgresql(struct db *db, const char *id, const char *watched)
{
	AUTO(memory)
	char *sql = text_format("%s CREATE TRIGGER " TRIGGER "%s AFTER"
				" INSERT OR DELETE OR UPDATE OF %s ON chat FOR EACH ROW EXECUTE PROCEDURE"
				" owctl_watch('%s')",
				postgresql_function, id, watched, id);
	return db_script(db, sql);
}

static fallible has_trigger(struct db *db, const char *id, bool *has)
{
	int64_t count;
	AUTO(memory) char *name = text_format(TRIGGER "%s%s", id, db_pick(db, "_delete", ""));
	struct db_value value = db_text(name);
	TRY(db_single_integer(db,
			      db_pick(db, "select count(*) from sqlite_master where type = 'trigger' and name = $1",
				      "select count(*) from pg_catalog.pg_trigger where tgname = $1"
				      " and tgrelid = to_regclass('chat')"),
			      &value, 1, &count));
	*has = count;
	return NULL;
}

fallible watch_open(struct work *work, bool *is_new)
{
	bool has;
	const char *id = work->revision->id, *watched = chain_step(work->revision)->code->watched;
	TRY(has_trigger(work->db, id, &has));
	*is_new = !has;
	if (has)
		return NULL;
	TRY(make_table(work->db));
	work->run->watching = true;
	return db_can(work->db, DB_CAN_ALTER_TABLES) ? open_postgresql(work->db, id, watched)
						      : open_sqlite(work->db, id, watched);
}

static fallible lock_chats(struct db *db, enum db_lock_out whom)
{
	AUTO(strings) struct strings tables = {0};
	strings_add(&tables, "chat");
	return db_lock_tables(db, &tables, whom);
}

/* Also those that were noted for an earlier revision: what that does again, this one reads. */
static fallible next_changed(struct db *db, const struct revision *revision, const char *after, struct strings *ids)
{
	struct db_value value = db_text(after);
	AUTO(str) struct str sql = {0};
	str_add(&sql, "select distinct id from " TABLE " where id > $1 and revision in (''");
	for (int ordinal = 1; ordinal <= revision->ordinal; ordinal++)
		str_add_format(&sql, ", '%s'", revision_at(ordinal)->id);
	str_add_format(&sql, ") order by id limit %d", AT_ONCE);
	return db_texts(db, str_text(&sql), &value, 1, ids);
}

static fallible redo(const struct work *work, const struct revision *revision, size_t *count)
{
	const struct chain_code *code = chain_step(revision)->code;
	AUTO(memory) char *after = text_copy("");
	for (bool more = code && code->redo; more;) {
		AUTO(strings) struct strings ids = {0};
		TRY(next_changed(work->db, revision, after, &ids));
		more = ids.count == AT_ONCE;
		*count += ids.count;
		if (!ids.count)
			break;
		struct work again = *work;
		again.revision = revision;
		again.only = &ids;
		TRY(error_wrap(code->redo(&again), "chats that changed meanwhile"));
		free(after);
		after = text_copy(ids.items[ids.count - 1]);
	}
	return NULL;
}

fallible watch_redo(struct work *work)
{
	size_t count = 0;
	TRY(lock_chats(work->db, DB_LOCK_OUT_WRITERS));
	return redo(work, work->revision, &count);
}

static fallible drop(struct db *db, const char *id)
{
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; i < COUNT(sqlite_events) && !db_can(db, DB_CAN_ALTER_TABLES); i++)
		str_add_format(&sql, "DROP TRIGGER IF EXISTS " TRIGGER "%s_%s;", id, sqlite_events[i]);
	if (db_can(db, DB_CAN_ALTER_TABLES))
		str_add_format(&sql, "DROP TRIGGER IF EXISTS " TRIGGER "%s ON chat", id);
	return db_script(db, str_text(&sql));
}

static fallible drop_rest(struct db *db)
{
	return db_script(db, db_pick(db, "DROP TABLE " TABLE,
				     "DROP FUNCTION IF EXISTS owctl_watch(); DROP TABLE " TABLE));
}

fallible watch_close(struct work *work)
{
	size_t count = 0;
	TRY(lock_chats(work->db, DB_LOCK_OUT_ALL));
	for (int ordinal = 1; ordinal <= work->revision->ordinal; ordinal++) {
		const struct revision *revision = revision_at(ordinal);
		const struct chain_code *code = chain_step(revision)->code;
		if (!code || !code->redo)
			continue;
		TRY(redo(work, revision, &count));
		TRY(drop(work->db, revision->id));
	}
	if (count)
		log_detail("chats that others wrote meanwhile were done again");
	work->run->watching = false;
	return drop_rest(work->db);
}

fallible watch_forget(struct db *db)
{
	for (int ordinal = 1; ordinal <= revision_head()->ordinal; ordinal++) {
		const struct revision *revision = revision_at(ordinal);
		const struct chain_code *code = chain_step(revision)->code;
		if (code && code->redo)
			TRY(drop(db, revision->id));
	}
	return drop_rest(db);
}
