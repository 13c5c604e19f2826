/* What is asked for, looked at before anything is restored. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "commands/migrating.h"

fallible restore_check_arguments(const struct restore_arguments *arguments)
{
	if (arguments->database_only && arguments->files_only)
		return error_hint(error_new(ERR_USAGE, "--database-only and --files-only leave nothing to restore"),
				  "give one of them, or neither");
	if (arguments->jobs < 0 || arguments->jobs > ROWS_MOST_LOADERS)
		return error_hint(error_new(ERR_USAGE, "--jobs %lld is out of range", (long long)arguments->jobs),
				  "1 to %d", ROWS_MOST_LOADERS);
	if (arguments->set_aside && file_exists(arguments->set_aside))
		return error_hint(error_new(ERR_INPUT, "%s is there already", arguments->set_aside), "name a new file");
	if (arguments->secrets && file_exists(arguments->secrets))
		return error_hint(error_new(ERR_INPUT, "%s is there already", arguments->secrets), "name a new file");
	if (arguments->replace && arguments->files_only)
		return error_hint(error_new(ERR_USAGE, "--replace is for the database, which --files-only leaves out"),
				  "give one of them");
	if (arguments->tables.count && !arguments->replace)
		return error_hint(error_new(ERR_USAGE, "--tables replaces the rows that are there of these tables"),
				  "say --replace as well; without --tables all is restored");
	if (arguments->migrate_to && (arguments->files_only || arguments->tables.count || arguments->user))
		return error_hint(error_new(ERR_USAGE, "--migrate-to is for a database that is restored as a whole"),
				  "leave out --files-only, --tables and --user");
	if (arguments->user && (arguments->replace || arguments->files_only || arguments->set_aside))
		return error_hint(error_new(ERR_USAGE, "--user adds what is missing, and replaces nothing"),
				  "leave out --replace, --files-only and --set-aside");
	return NULL;
}

fallible restoring_check_label(const struct restoring *restoring)
{
	const struct snapshot_choice *choice = &restoring->arguments->choice;
	const char *own = repository_label(restoring->context->settings), *label = restoring->record.label;
	bool named = choice->label || (choice->name && strcmp(choice->name, "latest") != 0);
	if (!restoring->arguments->replace || named || text_equal(label, own))
		return NULL;
	return error_hint(error_new(ERR_USAGE, "%s, the newest, is of \"%s\", and what it would replace is \"%s\"",
				    restoring->record.snapshot, label, own),
			  "--label \"%s\" takes it all the same; --label \"%s\" takes the newest of its own", label,
			  own);
}

fallible restoring_check_beside(const char *path)
{
	static const char *const endings[] = {"-wal", "-journal"};
	if (file_exists(path))
		return NULL;
	for (size_t i = 0; i < COUNT(endings); i++) {
		AUTO(memory) char *left = text_format("%s%s", path, endings[i]);
		if (file_exists(left))
			return error_hint(error_new(ERR_NO, "%s is there, of a database that is not; nothing was "
							    "restored", left),
					  "it may have the last changes of that database, and would destroy a new one: "
					  "move it away");
	}
	return NULL;
}

fallible restoring_check_place(const struct restoring *restoring)
{
	const char *path = restoring->target.path;
	return path && !restoring->arguments->files_only ? restoring_check_beside(path) : NULL;
}

fallible restoring_choose_revision(struct restoring *restoring)
{
	const char *target = restoring->arguments->migrate_to, *revision = restoring->manifest.revision;
	if (!target)
		return NULL;
	TRY(migration_target(target, &restoring->migrate_to));
	const struct revision *from = revision ? revision_find(revision) : NULL;
	if (!from)
		return error_hint(error_new(ERR_INPUT, "the snapshot is at revision %s, which this owctl can't migrate",
					    revision ? revision : "none"),
				  "restore it without --migrate-to");
	if (from->ordinal > restoring->migrate_to->ordinal)
		return error_hint(error_new(ERR_INPUT, "the snapshot is at revision %s, which comes after %s", from->id,
					    restoring->migrate_to->id),
				  "there is no way back: take an older snapshot, or leave out --migrate-to");
	return NULL;
}

fallible restoring_choose_tables(struct restoring *restoring)
{
	for (size_t i = 0; i < restoring->arguments->tables.count; i++)
		strings_split(&restoring->tables, restoring->arguments->tables.items[i], ',');
	if (restoring->arguments->tables.count && !restoring->tables.count)
		return error_hint(error_new(ERR_USAGE, "--tables names no table"), "as in --tables prompt,tag");
	for (size_t i = 0; restoring->tables.count && i < restoring->manifest.database_count; i++) {
		struct database_copy *copy = &restoring->manifest.databases[i];
		if (!strcmp(copy->name, "main"))
			TRY(tables_keep(&copy->tables, &restoring->tables));
	}
	return NULL;
}
