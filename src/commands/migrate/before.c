/* Before a database with rows is changed: nobody else is at it, and a copy of it is made. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"

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

/* Beside the database, named by the moment, and by a number where one was made in the same second: by a run that was
 * killed, and is at once tried again. */
static char *backup_name(const struct installation *installation)
{
	char moment[CLOCK_TEXT_SIZE] = "";
	clock_format(clock_now(), moment);
	AUTO(str) struct str name = {0};
	const char *recorded = installation->recorded.count ? installation->recorded.items[0] : "unrecorded";
	str_add_format(&name, "%s.%s.", installation->file, recorded);
	for (const char *c = moment; *c; c++)
		if (*c != ':' && *c != '-')
			str_add_char(&name, *c);
	char *path = text_copy(str_text(&name));
	for (int number = 2; file_exists(path); number++) {
		free(path);
		path = text_format("%s-%d", str_text(&name), number);
	}
	return path;
}

fallible migrate_check_backup(const struct installation *installation)
{
	if (db_can(installation->db, DB_CAN_COPY_FILE))
		return NULL;
	return error_hint(error_new(ERR_USAGE, "owctl can't copy a %s database before it is changed",
				    db_engine_name(installation->db)),
			  "make a backup, as with pg_dump; then say --no-backup");
}

fallible migrate_back_up(struct installation *installation, char **backup)
{
	TRY(migrate_check_backup(installation));
	char *name = backup_name(installation);
	struct error *error = db_copy(installation->db, name);
	if (error)
		free(name);
	else
		*backup = name;
	return error_wrap(error, "copying the database before the first change");
}

void migrate_tell_backup(const char *backup)
{
	if (backup)
		log_note("%s has the database as it was before", backup);
}

void migrate_tell_way_back(const struct installation *installation, const char *backup)
{
	if (backup)
		log_note("to go back: stop the servers, rm -f %s-wal %s-shm, and mv %s %s", installation->file,
			 installation->file, backup, installation->file);
}
