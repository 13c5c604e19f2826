#include "base/clock.h"
#include "base/memory.h"
#include "commands/group/group.h"

struct arguments {
	const char *group;
};

static const struct argument arguments_table[] = {
	{.name = "GROUP", OPTION_TEXT(struct arguments, group), .help = "name or id", .required = true,
	 .complete = complete_group},
	{0},
};

static fallible ask(struct context *context, const struct arguments *arguments)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(group) struct group group = {0};
	if (context->globals.yes || context->globals.dry_run)
		return NULL;
	TRY(command_open(context, &installation));
	TRY(group_find(&installation, arguments->group, &group));
	AUTO(memory) char *where = installation_describe(&installation);
	return context_confirm(context, "Delete the group \"%s\" with %lld %s from %s? The accounts remain",
			       group.name, (long long)group.members, group.members == 1 ? "member" : "members", where);
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct group *group = state;
	bool gone;
	TRY(group_is_gone(installation, group, &gone));
	if (!gone)
		*fault = text_format("the group \"%s\", or a membership or grant of it, is still there", group->name);
	return NULL;
}

static fallible print(struct context *context, const void *group)
{
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	group_print(output, group);
	output_string(output, command_outcome(context, "deleted", "would delete"));
	TRY(output_row(output));
	return output_close(output);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(group) struct group group = {0};
	TRY(ask(context, arguments));
	TRY(command_open_for_change(context, &installation));
	TRY(group_find(&installation, arguments->group, &group));
	if (!context->globals.dry_run)
		TRY(group_delete(&installation, &group, clock_now()));
	json_t *details = json_pack("{s:o,s:o,s:I}", "id", audit_text(group.id), "name", audit_text(group.name),
				    "members", (json_int_t)group.members);
	return command_finish(context, &installation,
			      &(struct change){.details = details,
					       .check = check,
					       .print = print,
					       .state = &group,
					       .look = "owctl group list"});
}

static const struct column columns[] = {
	GROUP_COLUMNS,
	{"outcome", COLUMN_TEXT,
	 .help = "`deleted`, `would delete`, or `unknown` where the connection was lost while committing"},
	{0},
};

const struct command group_delete_command = {
	.name = "delete",
	.summary = "delete a group; its members remain",
	.description = "Deletes a group, its memberships and the grants that name it, as Open WebUI does; groups below "
		       "it move to the group above. Shows the group that was deleted. Asks on a terminal; needs --yes "
		       "elsewhere.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl group delete Staff --yes", "delete a group without asking"}, {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
