#include "commands/manual/manual.h"

#include "base/embed.h"
#include "cli/manual.h"

#define GROUPS(...) (const char *const[]){__VA_ARGS__, NULL}

EMBED_FILE(backup_format, "docs/backup-format.md");
EMBED_FILE(tutorial, "docs/tutorial.md");

const struct manual manuals[] = {
	{.name = "owctl.yaml",
	 .section = 5,
	 .summary = "profiles, environment files, and all settings",
	 .groups = GROUPS("profile"),
	 .write = manual_configuration},
	{.name = "owctl-backup-format",
	 .section = 5,
	 .summary = "what a repository of backups consists of",
	 .groups = GROUPS("backup", "repo"),
	 .text = backup_format},
	{.name = "owctl-checks",
	 .section = 7,
	 .summary = "what owctl health looks for, and what to do about it",
	 .groups = GROUPS("health"),
	 .write = manual_checks},
	{.name = "owctl-migrations",
	 .section = 7,
	 .summary = "revisions of Open WebUI's database, broken states",
	 .groups = GROUPS("migrate"),
	 .write = manual_migrations},
	{.name = "owctl-tutorial",
	 .section = 7,
	 .summary = "a first installation, from accounts to an upgrade",
	 .groups = GROUPS("backup", "group", "health", "help", "migrate", "profile", "repo", "user"),
	 .text = tutorial},
	{0},
};
