/* Before a database with rows is changed: nobody else is at it, and a copy of it is made. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/journal.h"

#define HALF_WAY ".half-way"

void migrate_tell_refusal(struct error *error)
{
	if (!error)
		return;
	AUTO(memory) char *text = error_text(error);
	const char *hint = error_hint_text(error);
	log_warning("as it is now, it would be refused: %s%s%s", text, hint ? "; " : "", hint ? hint : "");
	error_free(error);
}

fallible migrate_refuse_others(struct installation *installation)
{
	AUTO(strings) struct strings others = {0};
	TRY(db_others(installation->db, &others));
	if (!others.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&others, "; ");
	return error_hint(error_new(ERR_BUSY, "%s is in use: %s", db_display(installation->db), list),
			  "stop the servers first; --online goes on beside them");
}

fallible migrate_take(struct installation *installation, int64_t wait_s, bool online)
{
	db_rollback(installation->db);
	TRY(migration_hold(installation, wait_s));
	return online ? NULL : migrate_refuse_others(installation);
}

/* ---- the names of copies ---- */

/* Beside the database, named by the moment, and by a number where one was made in the same second: by a run that was
 * killed, and is at once tried again. What it is says its name as well, for the next run and for who finds it. */
static char *backup_name(const struct installation *installation, bool half_way)
{
	char moment[CLOCK_TEXT_SIZE] = "";
	clock_format(clock_now(), moment);
	AUTO(str) struct str name = {0};
	const char *recorded = installation->recorded.count ? installation->recorded.items[0] : "unrecorded";
	str_add_format(&name, "%s.%s.", installation->file, recorded);
	for (const char *c = moment; *c; c++)
		if (*c != ':' && *c != '-')
			str_add_char(&name, *c);
	const char *end = half_way ? HALF_WAY : "";
	char *path = text_format("%s%s", str_text(&name), end);
	for (int number = 2; file_exists(path); number++) {
		free(path);
		path = text_format("%s-%d%s", str_text(&name), number, end);
	}
	return path;
}

/* Whether some of these characters stand there, as many as `count`; 0: any number of them. Goes on behind them. */
static bool take(const char **at, const char *characters, size_t count)
{
	size_t found = strspn(*at, characters);
	*at += found;
	return found && (!count || found == count);
}

/* Whether backup_name gives such names: behind the database's is ".c440947495f3.20261129T090610Z-2.half-way". */
static bool is_copy(const char *ending)
{
	static const char digits[] = "0123456789";
	const char *at = ending;
	bool named = take(&at, ".", 1) && take(&at, "abcdefghijklmnopqrstuvwxyz0123456789_", 0) && take(&at, ".", 1) &&
		     take(&at, digits, 8) && take(&at, "T", 1) && take(&at, digits, 6) && take(&at, "Z", 1);
	if (named && *at == '-')
		named = take(&at, "-", 1) && take(&at, digits, 0);
	return named && (!*at || text_equal(at, HALF_WAY));
}

/* ---- */

fallible migrate_remove_parts(struct installation *installation)
{
	AUTO(strings) struct strings removed = {0};
	TRY(db_remove_parts(installation->db, is_copy, &removed));
	AUTO(memory) char *list = strings_join(&removed, ", ");
	if (removed.count)
		log_note("removed what owctl left where it was killed while it copied the database: %s", list);
	return NULL;
}

/* What the journal says may be forged: only what is named as a copy of this very database is one. */
static bool is_there(const struct installation *installation, const char *backup)
{
	struct stat status;
	return text_starts(backup, installation->file) && is_copy(backup + strlen(installation->file)) &&
	       !lstat(backup, &status) && S_ISREG(status.st_mode);
}

fallible migrate_find_backup(struct installation *installation, bool *half_way, char **backup)
{
	AUTO(memory) char *kept = NULL;
	TRY(journal_goes_on(installation, half_way, &kept));
	if (!kept || !installation->file)
		return NULL;
	if (!is_there(installation, kept)) {
		log_note("the copy of the database that this migration was begun with is gone: %s", kept);
		return NULL;
	}
	log_note("this migration goes on, and no new copy is made: %s has the database as it was %s; what was written "
		 "since is not in it",
		 kept, text_ends(kept, HALF_WAY) ? "half-way, when its first copy was gone" : "before");
	*backup = text_copy(kept);
	return NULL;
}

fallible migrate_check_backup(const struct installation *installation)
{
	if (db_can(installation->db, DB_CAN_COPY_FILE))
		return NULL;
	return error_hint(error_new(ERR_USAGE, "owctl can't copy a %s database before it is changed",
				    db_engine_name(installation->db)),
			  "make a backup, as with pg_dump; then say --no-backup");
}

fallible migrate_back_up(struct installation *installation, bool half_way, char **backup)
{
	TRY(migrate_check_backup(installation));
	char *name = backup_name(installation, half_way);
	struct error *error = db_copy(installation->db, name);
	if (error) {
		free(name);
		return error_wrap(error, "copying the database before the first change");
	}
	*backup = name;
	return half_way ? journal_keep_backup(installation, name) : NULL;
}

void migrate_tell_backup(const char *backup)
{
	if (backup)
		log_note("%s has the database as it was %s", backup,
			 text_ends(backup, HALF_WAY) ? "half-way through the migration, not as it was before it"
						     : "before");
}

void migrate_tell_way_back(const struct installation *installation, const char *backup)
{
	if (backup)
		log_note("to go back%s: stop the servers, rm -f %s-wal %s-shm, and mv %s %s",
			 text_ends(backup, HALF_WAY) ? ", but to half-way through the migration and no further" : "",
			 installation->file, installation->file, backup, installation->file);
}
