#include "commands/migrate/migrate.h"

#include "base/log.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "openwebui/release.h"

static const struct command *const subcommands[] = {&migrate_status_command, &migrate_plan_command,
						    &migrate_up_command,     &migrate_verify_command,
						    &migrate_repair_command, &migrate_stamp_command,
						    &migrate_history_command, NULL};

const struct command migrate_command = {
	.name = "migrate",
	.summary = "the database: create it, tell its release, upgrade, verify, repair",
	.description = "Open WebUI changes its database from release to release in revisions. These commands tell "
		       "where a database stands, and create one or bring one up without Open WebUI or Python on the "
		       "machine.",
	.subcommands = subcommands,
};

fallible migrate_check_recorded(const struct installation *installation)
{
	TRY(installation_check_known(installation));
	if (installation->standing == STANDING_KNOWN)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "%s records no revision", db_display(installation->db)),
			  "check that this is the right database; `owctl migrate status` tells what is there");
}

fallible migrate_compare(struct installation *installation, const struct revision *revision,
			 struct findings *findings)
{
	AUTO(catalogues) struct catalogues catalogues = {0};
	TRY(catalogues_read(installation->db, revision, &catalogues));
	verify_catalogue(&catalogues, db_can(installation->db, DB_CAN_ALTER_TABLES), findings);
	return NULL;
}

void migrate_warn_of(const struct finding *finding)
{
	log_warning("%s: %s: %s", finding->name, finding->place, finding->what);
}

char *migrate_releases(const struct revision *revision)
{
	const struct release *first, *last;
	if (!revision || !release_span(revision->id, &first, &last))
		return NULL;
	return first == last ? text_copy(first->version) : text_format("%s to %s", first->version, last->version);
}

void complete_revision(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	const struct release *release;
	for (int i = 0; (release = release_at(i)) != NULL; i++)
		if (text_starts(release->version, prefix))
			strings_add_taken(words, text_format("%s\trelease", release->version));
	for (int ordinal = 1; ordinal <= revision_count(); ordinal++)
		if (text_starts(revision_at(ordinal)->id, prefix))
			strings_add_taken(words, text_format("%s\t%s", revision_at(ordinal)->id,
							     revision_at(ordinal)->title));
}
