#include "base/clock.h"
#include "base/memory.h"
#include "commands/group/group.h"
#include "openwebui/users.h"

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
	 .help = "what the group is for"},
	{.name = "if-missing",
	 OPTION_FLAG(struct arguments, if_missing),
	 .help = "leave a group alone that has this name, and succeed"},
	{.name = "duplicate-name",
	 OPTION_FLAG(struct arguments, duplicate_name),
	 .help = "make it even if a group has this name already"},
	{0},
};

static fallible name_taken(struct installation *installation, const char *name, bool *taken)
{
	struct db_value parameter = db_text(name);
	int64_t count;
	TRY(db_single_integer(installation->db, "select count(*) from \"group\" where name = $1", &parameter, 1,
			      &count));
	*taken = count > 0;
	return NULL;
}

static fallible create(struct context *context, struct installation *installation, const struct arguments *arguments,
		       struct group *group)
{
	int64_t now = clock_now();
	*group = (struct group){.name = text_copy(arguments->name),
				.description = text_copy(arguments->description ? arguments->description : ""),
				.created_at = now,
				.updated_at = now};
	bool dry_run = context->globals.dry_run;
	if (!dry_run)
		TRY(group_create(installation, group->name, group->description, now, &group->id));
	TRY(command_commit(context, installation,
			   json_pack("{s:s?,s:o}", "id", group->id, "name", audit_text(group->name))));
	if (dry_run)
		return NULL;
	AUTO(memory) char *id = text_copy(group->id);
	TRY(command_look_again(installation));
	return group_find(installation, id, group);
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
	if (!context->globals.dry_run)
		TRY(groups_lock(&installation));
	TRY(name_taken(&installation, arguments->name, &taken));
	if (taken && arguments->if_missing)
		TRY(group_find(&installation, arguments->name, &group));
	else if (taken && !arguments->duplicate_name)
		return error_hint(error_new(ERR_INPUT, "a group named \"%s\" exists", arguments->name),
				  "--if-missing leaves it alone, --duplicate-name makes a second one");
	else
		TRY(create(context, &installation, arguments, &group));
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	group_print(output, &group);
	TRY(output_row(output));
	return output_close(output);
}

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .nullable = true, .help = "id of the group; null in a dry run"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name"},
	{"description", COLUMN_TEXT, .nullable = true, .help = "description"},
	{"parent", COLUMN_TEXT, .nullable = true, .help = "id of the group above (0.12 and later)"},
	{"members", COLUMN_INTEGER, .help = "number of direct members"},
	{"created_at", COLUMN_TIME, .help = "when the group was made"},
	{"updated_at", COLUMN_TIME, .help = "last change of the group or its members"},
	{0},
};

const struct command group_create_command = {
	.name = "create",
	.summary = "create a group",
	.description = "Creates a group as Open WebUI itself does: without special permissions, owned by the primary "
		       "administrator. Its members may share with it, or whom DEFAULT_GROUP_SHARE_PERMISSION says; before "
		       "0.8 everybody may.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl group create Staff --description 'All employees'", "a new group"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, ERR_UNREACHABLE, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
