/* `group add` and `group remove`: the same road with another step in the middle. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "commands/group/group.h"
#include "openwebui/users.h"

struct arguments {
	const char *group;
	struct strings users;
};

static const struct argument arguments_table[] = {
	{.name = "GROUP", OPTION_TEXT(struct arguments, group), .help = "name or id of the group", .required = true,
	 .complete = complete_group},
	{.name = "USER",
	 OPTION_TEXTS(struct arguments, users),
	 .help = "mail address or id of an account; several may be given",
	 .required = true,
	 .complete = complete_user},
	{0},
};

static const struct column columns[] = {
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address of the account"},
	{"id", COLUMN_TEXT, .extra = true, .help = "id of the account"},
	{"outcome", COLUMN_TEXT,
	 .help = "`added`, `removed`, or `unchanged`; in a dry run `would add` or `would remove`; `unknown` where the"
		 " connection was lost while committing"},
	{0},
};

enum direction { ADD, REMOVE };

struct members {
	enum direction direction;
	struct group group;
	struct user *users; /* as many as were named */
	const char **ids;   /* theirs, borrowed */
	bool *changes;      /* whether it is so by this command */
	size_t count;
	const char **changing; /* the ids of those, each once */
	size_t changing_count;
};

static struct members members_new(size_t count, enum direction direction)
{
	return (struct members){.direction = direction,
				.users = mem_new(count, sizeof(struct user)),
				.ids = mem_new(count, sizeof(const char *)),
				.changes = mem_new(count, sizeof(bool)),
				.count = count,
				.changing = mem_new(count, sizeof(const char *))};
}

static void members_cleanup(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		user_cleanup(&members->users[i]);
	group_cleanup(&members->group);
	free(members->users);
	free(members->ids);
	free(members->changes);
	free(members->changing);
}

/* Who was named twice changes once. */
static bool is_changing(const struct members *members, const char *id)
{
	for (size_t i = 0; i < members->changing_count; i++)
		if (!strcmp(members->changing[i], id))
			return true;
	return false;
}

/* An address where the group belongs, and none where the accounts do. */
static bool is_swapped(const struct arguments *arguments)
{
	return strchr(arguments->group, '@') && !strchr(arguments->users.items[0], '@');
}

static fallible find_group(struct installation *installation, const struct arguments *arguments,
			   struct members *members)
{
	struct error *error = group_find(installation, arguments->group, &members->group);
	if (!error || error->code != ERR_INPUT || !is_swapped(arguments))
		return error;
	return error_hint(error_without_hints(error), "the group comes first: `owctl group %s GROUP USER..`",
			  members->direction == ADD ? "add" : "remove");
}

static fallible find(struct installation *installation, const struct arguments *arguments, struct members *members)
{
	TRY(find_group(installation, arguments, members));
	TRY(users_find(installation, &arguments->users, members->users));
	for (size_t i = 0; i < members->count; i++)
		members->ids[i] = members->users[i].id;
	AUTO(memory) bool *member = mem_new(members->count, sizeof *member);
	TRY(group_members_among(installation, members->group.id, members->ids, members->count, member));
	for (size_t i = 0; i < members->count; i++) {
		members->changes[i] = member[i] == (members->direction == REMOVE) &&
				      !is_changing(members, members->ids[i]);
		if (members->changes[i])
			members->changing[members->changing_count++] = members->ids[i];
	}
	return NULL;
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct members *members = state;
	AUTO(memory) bool *member = mem_new(members->count, sizeof *member);
	TRY(group_members_among(installation, members->group.id, members->ids, members->count, member));
	for (size_t i = 0; !*fault && i < members->count; i++)
		if (member[i] != (members->direction == ADD))
			*fault = text_format("%s is %s member of \"%s\"", members->users[i].email,
					     member[i] ? "still a" : "no", members->group.name);
	return NULL;
}

static json_t *details(const struct members *members)
{
	json_t *ids = json_array();
	for (size_t i = 0; i < members->changing_count; i++)
		json_array_append_new(ids, audit_text(members->changing[i]));
	return json_pack("{s:o,s:o,s:o}", "group", audit_text(members->group.id), "name",
			 audit_text(members->group.name), members->direction == ADD ? "added" : "removed", ids);
}

static fallible print(struct context *context, const void *state)
{
	const struct members *members = state;
	const char *changed = members->direction == ADD ? command_outcome(context, "added", "would add")
							: command_outcome(context, "removed", "would remove");
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < members->count; i++) {
		output_string(output, members->users[i].email);
		output_string(output, members->ids[i]);
		output_string(output, members->changes[i] ? changed : "unchanged");
		TRY(output_row(output));
	}
	return output_close(output);
}

static fallible run(struct context *context, const struct arguments *arguments, enum direction direction)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(members) struct members members = members_new(arguments->users.count, direction);
	TRY(command_open_for_change(context, &installation));
	TRY(find(&installation, arguments, &members));
	if (!members.changing_count)
		return print(context, &members);
	if (!context->globals.dry_run)
		TRY((direction == ADD ? group_add_members : group_remove_members)(
			&installation, members.group.id, members.changing, members.changing_count, clock_now()));
	AUTO(memory) char *look = text_format("owctl group show %s", members.group.id);
	return command_finish(context, &installation,
			      &(struct change){.details = details(&members),
					       .check = check,
					       .print = print,
					       .state = &members,
					       .look = look});
}

static fallible run_add(struct context *context, const void *values)
{
	return run(context, values, ADD);
}

static fallible run_remove(struct context *context, const void *values)
{
	return run(context, values, REMOVE);
}

#define MEMBERS_COMMAND                                                                                  \
	.arguments = arguments_table, .columns = columns, .shape = SHAPE_LIST, .changes = true,          \
	.size = sizeof(struct arguments),                                                                \
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0}

const struct command group_add_command = {
	.name = "add",
	.summary = "add accounts to a group",
	.description = "Adds accounts to a group, all or none. Who is a member already stays one.",
	.examples = (const struct example[]){{"owctl group add Staff alice@example.org bob@example.org",
					      "add two members"},
					     {0}},
	.run = run_add,
	MEMBERS_COMMAND,
};

const struct command group_remove_command = {
	.name = "remove",
	.summary = "remove accounts from a group",
	.description = "Removes accounts from a group, all or none. The accounts themselves remain.",
	.examples = (const struct example[]){{"owctl group remove Staff bob@example.org", "remove one member"}, {0}},
	.run = run_remove,
	MEMBERS_COMMAND,
};
