#include <unistd.h>

#include "base/memory.h"
#include "commands/profile/profile.h"

static fallible run(struct context *context, const void *values)
{
	const struct named_profile *arguments = values;
	AUTO(memory) char *path = profile_file_path(environ);
	TRY(profile_change_prepare(context, path));
	TRY(profile_use(path, arguments->name, context->globals.dry_run));
	profile_change_record(context, path, json_pack("{s:o}", "default", audit_text(arguments->name)));
	context_done(context, "%s profile \"%s\" the default in %s", context->globals.dry_run ? "would make" : "made",
		     arguments->name, path);
	return NULL;
}

const struct command profile_use_command = {
	.name = "use",
	.summary = "make a profile the default",
	.description = "Writes the name of the default profile into the file: the one that is in force without "
		       "--profile and without $OWCTL_PROFILE. Everything else in the file stays as it is.",
	.arguments = named_profile_table,
	.examples = (const struct example[]){{"owctl profile use prod", "work on prod from now on"}, {0}},
	.exits = (const int[]){ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0},
	.changes = true,
	.standalone = true,
	.size = sizeof(struct named_profile),
	.run = run,
};
