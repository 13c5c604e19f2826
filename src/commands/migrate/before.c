/* Before a database with rows is changed: nobody else is at it, and a copy of it is made. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/shell.h"
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
	return command_refuse_others(installation->db, "stop the servers first; --online goes on beside them");
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

static bool is_of_beginning(const char *ending)
{
	return is_copy(ending) && !text_ends(ending, HALF_WAY);
}

static bool is_half_way(const char *ending)
{
	return is_copy(ending) && text_ends(ending, HALF_WAY);
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

bool migrate_is_half_way(const char *backup)
{
	return text_ends(backup, HALF_WAY) || migrate_is_half_way_snapshot(backup);
}

fallible migrate_find_backup(struct context *context, struct installation *installation, bool *half_way, char **backup)
{
	AUTO(memory) char *kept = NULL;
	TRY(journal_goes_on(installation, half_way, &kept));
	if (!kept)
		return NULL;
	if (!installation->file)
		return migrate_find_snapshot(context, kept, backup);
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

fallible migrate_check_backup(struct context *context, const struct installation *installation)
{
	bool copies = db_can(installation->db, DB_CAN_COPY_FILE);
	return copies ? NULL : migrate_check_snapshot(context, installation);
}

static bool has_owner(int copy, const struct stat *old)
{
	struct stat made;
	return !fstat(copy, &made) && made.st_uid == old->st_uid && made.st_gid == old->st_gid &&
	       (made.st_mode & 0777) == (old->st_mode & 0777);
}

static bool is_made_by_us(int copy)
{
	struct stat made;
	return !fstat(copy, &made) && S_ISREG(made.st_mode) && made.st_nlink == 1 && made.st_uid == geteuid();
}

/* A server that is not root's could not open the copy once it is moved to where the database was. The folder may be
 * another's, so only what this process has made is touched. Where it is not permitted the copy stays private. */
static void give_to_owner(const char *database, const char *copy)
{
	struct stat old;
	int fd = open(copy, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool given = fd >= 0 && !stat(database, &old) &&
		     (has_owner(fd, &old) || (is_made_by_us(fd) && !fchown(fd, old.st_uid, old.st_gid) &&
					      !fchmod(fd, old.st_mode & 0777) && !fsync(fd)));
	if (!given)
		log_warning("%s has not the owner and mode of the database: give it those when you go back", copy);
	if (fd >= 0)
		close(fd);
}

static fallible copy_file(struct installation *installation, bool half_way, char **backup)
{
	char *name = backup_name(installation, half_way);
	char *same;
	struct error *error = db_copy_once(installation->db, name, half_way ? is_half_way : is_of_beginning, &same);
	if (error) {
		free(name);
		return error_wrap(error, "copying the database before the first change");
	}
	if (same) {
		log_note("%s has the database as it is now already, byte for byte; no other copy is kept", same);
		free(name);
		name = same;
	}
	give_to_owner(installation->file, name);
	*backup = name;
	return NULL;
}

fallible migrate_back_up(struct context *context, struct installation *installation, bool half_way, char **backup)
{
	TRY(migrate_check_backup(context, installation));
	if (db_can(installation->db, DB_CAN_COPY_FILE))
		TRY(copy_file(installation, half_way, backup));
	else
		TRY(migrate_make_snapshot(context, half_way, backup));
	return half_way ? journal_keep_backup(installation, *backup) : NULL;
}

void migrate_tell_backup(const char *backup)
{
	if (backup)
		log_note("%s has the database as it was %s", backup,
			 migrate_is_half_way(backup) ? "half-way through the migration, not as it was before it"
						     : "before");
}

void migrate_tell_way_back(struct context *context, const struct installation *installation, const char *backup)
{
	if (!backup)
		return;
	if (!installation->file) {
		migrate_tell_way_back_to_snapshot(context, backup);
		return;
	}
	AUTO(memory) char *wal = text_format("%s-wal", installation->file);
	AUTO(memory) char *shm = text_format("%s-shm", installation->file);
	AUTO(memory) char *wal_word = shell_word(wal);
	AUTO(memory) char *shm_word = shell_word(shm);
	AUTO(memory) char *from = shell_word(backup);
	AUTO(memory) char *to = shell_word(installation->file);
	log_note("to go back%s: stop the servers, rm -f %s %s, and mv %s %s",
		 text_ends(backup, HALF_WAY) ? ", but to half-way through the migration and no further" : "", wal_word,
		 shm_word, from, to);
}
