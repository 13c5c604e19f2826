/* The processes that have the SQLite file open. Those of other users only root sees: then nothing is told. */
#include "base/memory.h"
#include "db/db.h"
#include "health/result.h"
#include "health/sqlite_library.h"
#include "openwebui/installation.h"

static fallible look_for_lost(struct checking *checking)
{
	AUTO(db_processes) struct db_processes processes = {0};
	TRY(db_file_processes(checking->installation->db, &processes));
	for (size_t i = 0; i < processes.count; i++) {
		const struct db_process *process = &processes.items[i];
		AUTO(memory) char *name = text_format("pid %s (%s)", process->pid, process->name);
		if (process->lost_log)
			checking_found(checking, name, "writes to a -wal that was deleted: all of that is lost when it "
				       "ends");
	}
	return NULL;
}

HEALTH_CHECK(lost) = {
	.code = "OW342",
	.name = "wal-in-place",
	.title = "the server's -wal file is still there",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE_FILE,
	.why = "What is saved goes to webui.db-wal first. Somebody has removed that file under the server (a script, "
	       "or another program after the database was downloaded in the interface): the server goes on without an "
	       "error, and everything since is gone at its restart. /proc tells.",
	.remedy = "before it ends: `kill -STOP PID`, and copy webui.db, and /proc/PID/fd/N that leads to webui.db-wal "
		  "(deleted) as webui.db-wal, to another folder; opened there, that copy has everything",
	.page = "https://www.sqlite.org/howtocorrupt.html",
	.run = look_for_lost,
};

static fallible look_for_unsound(struct checking *checking)
{
	AUTO(db_processes) struct db_processes processes = {0};
	TRY(db_file_processes(checking->installation->db, &processes));
	for (size_t i = 0; i < processes.count; i++) {
		const struct db_process *process = &processes.items[i];
		AUTO(memory) char *name = text_format("pid %s (%s)", process->pid, process->name);
		AUTO(memory) char *version = sqlite_version_of(process->pid);
		if (version && !sqlite_version_is_sound(version))
			checking_found(checking, name, "works with SQLite %s, which may lose a commit", version);
	}
	return NULL;
}

HEALTH_CHECK(unsound) = {
	.code = "OW343",
	.name = "sqlite-sound",
	.title = "the server's SQLite is free of the fault of the -wal",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_INFO,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_DATABASE_FILE,
	.why = "Up to 3.51.2 (but for 3.50.7 and 3.44.6) a commit may be lost, or the file be damaged, in a rare race "
	       "of two connections. The images of Open WebUI have such a SQLite, so this is no more than a reason "
	       "to have backups; a distribution may have mended it under the old number.",
	.remedy = "`owctl backup create` daily; PostgreSQL has no such fault",
	.page = "https://www.sqlite.org/wal.html#walresetbug",
	.run = look_for_unsound,
};
