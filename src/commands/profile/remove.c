#include <unistd.h>

#include "base/memory.h"
#include "commands/profile/profile.h"

static fallible run(struct context *context, const void *values)
{
	const struct named_profile *arguments = values;
	AUTO(memory) char *path = profile_file_path(environ);
	AUTO(profile_file) struct profile_file file = {0};
	TRY(profile_file_read(path, &file));
	/* Nobody is asked about a profile that is not there: the dry run says so. */
	TRY(profile_remove(path, arguments->name, true));
	bool was_default = text_equal(file.default_name, arguments->name);
	if (!context->globals.dry_run)
		TRY(context_confirm(context, "Remove profile \"%s\" from %s?", arguments->name, path));
	TRY(profile_change_prepare(context, path));
	TRY(profile_remove(path, arguments->name, context->globals.dry_run));
	profile_change_record(context, path,
			      json_pack("{s:o,s:b}", "profile", audit_text(arguments->name), "was_default",
					was_default));
	context_done(context, "%s profile \"%s\" from %s%s", context->globals.dry_run ? "would remove" : "removed",
		     arguments->name, path, was_default ? "; it was the default, there is none now" : "");
	return NULL;
}

const struct command profile_remove_command = {
	.name = "remove",
	.summary = "remove a profile",
	.description = "Takes a profile out of the file; the installation that it names is not touched. When it was "
		       "the default, there is no default any more. Asks on a terminal; needs --yes elsewhere.",
	.arguments = named_profile_table,
	.examples = (const struct example[]){{"owctl profile remove old --yes", "without asking"}, {0}},
	.exits = (const int[]){ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0},
	.changes = true,
	.standalone = true,
	.size = sizeof(struct named_profile),
	.run = run,
};
