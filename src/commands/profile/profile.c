#include "commands/profile/profile.h"

#include <unistd.h>

#include "base/memory.h"
#include "commands/commands.h"

static const struct command *const subcommands[] = {
	&profile_list_command, &profile_show_command,   &profile_use_command,
	&profile_add_command,  &profile_remove_command, NULL,
};

const struct command profile_command = {
	.name = "profile",
	.summary = "names for installations, and where each setting comes from",
	.description =
		"A profile gives the settings of one installation a name: for those who look after several, or work "
		"from outside the container. Profiles are kept in a YAML file: $OWCTL_CONFIG, else "
		"~/.config/owctl/config.yaml, else /etc/owctl/config.yaml.\n\n"
		"The profile in force is that of --profile, else of $OWCTL_PROFILE, else the default of the file. "
		"Flags, the environment and --env-file count before it. If the environment says something else about "
		"the database than --env-file or --profile, a warning tells. Together with --env-file, a profile that "
		"--profile does not name gives only settings that begin with OWCTL_.\n\n"
		"Give a secret as a file, a variable or a command that prints it. It may stand in the file of profiles "
		"itself only if nobody else can read that.",
	.subcommands = subcommands,
};

const struct argument named_profile_table[] = {
	{.name = "NAME",
	 OPTION_TEXT(struct named_profile, name),
	 .help = "the profile",
	 .required = true,
	 .complete = complete_profile},
	{0},
};

fallible profile_change_prepare(const struct context *context, const char *path)
{
	TRY(audit_prepare(context));
	return audit_keep_apart(context, path);
}

void profile_change_record(struct context *context, const char *path, json_t *details)
{
	json_auto_t *owned = details;
	if (context->globals.dry_run)
		return;
	context->change = CHANGE_MADE;
	audit_record(context, path, owned);
}
