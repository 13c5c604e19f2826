#include "base/clock.h"
#include "base/memory.h"
#include "commands/group/group.h"
#include "openwebui/account_rules.h"

struct arguments {
	const char *name, *description;
	bool if_missing, duplicate_name;
};

static const struct argument arguments_table[] = {
	{.name = "NAME", OPTION_TEXT(struct arguments, name), .help = "name of the new group", .required = true},
	{0},
};

static const struct option options[] = {
	{.name = "description",
	 OPTION_TEXT(struct arguments, description),
	 .value_name = "TEXT",
	 .may_be_empty = true, /* as in the form of Open WebUI */
	 .help = "what the group is for"},
	{.name = "if-missing",
	 OPTION_FLAG(struct arguments, if_missing),
	 .help = "if a group has this name, leave it alone and succeed"},
	{.name = "duplicate-name",
	 OPTION_FLAG(struct arguments, duplicate_name),
	 .help = "create it even if a group has this name already"},
	{0},
};

struct creation {
	const struct group *group;
	bool existed;
};

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct creation *creation = state;
	bool as_made;
	TRY(group_is_as_made(installation, creation->group, &as_made));
	if (!as_made)
		*fault = text_format("the group \"%s\" does not read back as it was written", creation->group->name);
	return NULL;
}

static fallible print(struct context *context, const void *state)
{
	const struct creation *creation = state;
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	group_print(output, creation->group);
	output_string(output, creation->existed ? "exists" : command_outcome(context, "created", "would create"));
	TRY(output_row(output));
	return output_close(output);
}

static fallible create(struct context *context, struct installation *installation, const struct arguments *arguments,
		       struct group *group)
{
	int64_t now = clock_now();
	*group = (struct group){.name = text_copy(arguments->name),
				.description = text_copy(arguments->description ? arguments->description : ""),
				.created_at = now,
				.updated_at = now};
	if (!context->globals.dry_run)
		TRY(group_create(installation, group->name, group->description, now, &group->id));
	return command_finish(context, installation,
			      &(struct change){.details = json_pack("{s:o,s:o}", "id", audit_text(group->id), "name",
								    audit_text(group->name)),
					       .check = check,
					       .print = print,
					       .state = &(struct creation){.group = group},
					       .look = "owctl group list"});
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const char *fault = name_fault(arguments->name);
	if (fault)
		return error_hint(error_new(ERR_INPUT, "the name %s", fault), "%s", name_hint);
	AUTO(installation) struct installation installation = {0};
	AUTO(group) struct group group = {0};
	bool taken;
	TRY(command_open_for_change(context, &installation));
	TRY(group_name_taken(&installation, arguments->name, &taken));
	if (taken && !arguments->if_missing && !arguments->duplicate_name)
		return error_hint(error_new(ERR_INPUT, "a group named \"%s\" exists", arguments->name),
				  "--if-missing leaves it alone, --duplicate-name makes a second one");
	if (!taken || !arguments->if_missing)
		return create(context, &installation, arguments, &group);
	TRY(group_find(&installation, arguments->name, &group));
	return print(context, &(struct creation){.group = &group, .existed = true});
}

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .nullable = true, .help = "id of the group; null in a dry run"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name"},
	{"description", COLUMN_TEXT, .nullable = true, .help = "description"},
	{"parent", COLUMN_TEXT, .nullable = true, .help = "id of the group above (0.12 and later)"},
	{"members", COLUMN_INTEGER, .help = "number of direct members"},
	{"created_at", COLUMN_TIME, .nullable = true, .help = "when the group was made"},
	{"updated_at", COLUMN_TIME, .nullable = true, .help = "last change of the group or its members"},
	{"outcome", COLUMN_TEXT,
	 .help = "`created`, `exists`, `would create`, or `unknown` where the connection was lost while committing"},
	{0},
};

const struct command group_create_command = {
	.name = "create",
	.summary = "create a group",
	.description = "Creates a group as Open WebUI itself does: without special permissions, owned by the primary "
		       "administrator. Its members may share with it, or whom DEFAULT_GROUP_SHARE_PERMISSION says; on "
		       "a database of 0.8.0 or older everybody may.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl group create Staff --description 'All employees'", "a new group"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
