#include "commands/manual/manual.h"

#include "cli/manual.h"

#define GROUPS(...) (const char *const[]){__VA_ARGS__, NULL}

const struct manual manuals[] = {
	{"owctl.yaml", 5, "profiles, environment files, and all settings", GROUPS("profile"),
	 manual_configuration},
	{"owctl-backup-format", 5, "what a repository of backups consists of", GROUPS("backup", "repo"),
	 manual_backup_format},
	{"owctl-checks", 7, "what owctl health looks for, and what to do about it", GROUPS("health"), manual_checks},
	{"owctl-migrations", 7, "revisions of Open WebUI's database, broken states",
	 GROUPS("migrate"), manual_migrations},
	{"owctl-tutorial", 7, "a first installation, from accounts to an upgrade",
	 GROUPS("backup", "group", "health", "help", "migrate", "profile", "repo", "user"), manual_tutorial},
	{0},
};
