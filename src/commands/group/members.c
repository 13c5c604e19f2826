/* `group add` and `group remove`: the same road with another step in the middle. */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "commands/group/group.h"
#include "openwebui/users.h"

struct arguments {
	const char *group;
	struct strings users;
};

static const struct argument arguments_table[] = {
	{.name = "GROUP", OPTION_TEXT(struct arguments, group), .help = "name or id of the group", .required = true},
	{.name = "USER",
	 OPTION_TEXTS(struct arguments, users),
	 .help = "mail address or id of an account; several may be given",
	 .required = true},
	{0},
};

static const struct column columns[] = {
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address of the account"},
	{"id", COLUMN_TEXT, .extra = true, .help = "id of the account"},
	{"outcome", COLUMN_TEXT, .help = "`added`, `removed`, or `unchanged`; in a dry run `would add` or `would remove`"},
	{0},
};

enum direction { ADD, REMOVE };

static fallible is_member(struct installation *installation, const char *group, const char *user, bool *member)
{
	struct db_value parameters[] = {db_text(group), db_text(user)};
	int64_t count;
	TRY(db_single_integer(installation->db,
			      "select count(*) from group_member where group_id = $1 and user_id = $2", parameters,
			      COUNT(parameters), &count));
	*member = count > 0;
	return NULL;
}

static fallible change_one(struct context *context, struct installation *installation, const struct group *group,
			   const char *user, enum direction direction, bool *changed)
{
	if (context->globals.dry_run) {
		bool member;
		TRY(is_member(installation, group->id, user, &member));
		*changed = member == (direction == REMOVE);
		return NULL;
	}
	return direction == ADD ? group_add_member(installation, group->id, user, clock_now(), changed)
				: group_remove_member(installation, group->id, user, changed);
}

struct outcomes {
	struct user *users; /* as many as were named */
	bool *changed;
	size_t count;
	json_t *ids; /* of those that changed */
};

static void outcomes_cleanup(struct outcomes *outcomes)
{
	for (size_t i = 0; i < outcomes->count; i++)
		user_cleanup(&outcomes->users[i]);
	free(outcomes->users);
	free(outcomes->changed);
	json_decref(outcomes->ids);
}

static fallible read_back(struct installation *installation, const struct group *group,
			  const struct outcomes *outcomes, enum direction direction)
{
	TRY(command_look_again(installation));
	for (size_t i = 0; i < outcomes->count; i++) {
		bool member;
		TRY(is_member(installation, group->id, outcomes->users[i].id, &member));
		if (member != (direction == ADD))
			return command_not_as_written(outcomes->users[i].email);
	}
	return NULL;
}

static fallible change_all(struct context *context, struct installation *installation, const struct group *group,
			   const struct strings *users, enum direction direction, struct outcomes *outcomes)
{
	for (size_t i = 0; i < users->count; i++)
		TRY(user_find(installation, users->items[i], &outcomes->users[i]));
	for (size_t i = 0; i < users->count; i++) {
		TRY(change_one(context, installation, group, outcomes->users[i].id, direction, &outcomes->changed[i]));
		if (outcomes->changed[i])
			json_array_append_new(outcomes->ids, json_string(outcomes->users[i].id));
	}
	bool dry_run = context->globals.dry_run;
	if (!json_array_size(outcomes->ids))
		return NULL;
	if (!dry_run)
		TRY(group_touch(installation, group->id, clock_now()));
	TRY(command_commit(context, installation,
			   json_pack("{s:s,s:o,s:O}", "group", group->id, "name", audit_text(group->name),
				     direction == ADD ? "added" : "removed", outcomes->ids)));
	return dry_run ? NULL : read_back(installation, group, outcomes, direction);
}

static fallible print(struct context *context, const struct outcomes *outcomes, enum direction direction)
{
	static const char *const words[2][2] = {{"added", "removed"}, {"would add", "would remove"}};
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < outcomes->count; i++) {
		output_string(output, outcomes->users[i].email);
		output_string(output, outcomes->users[i].id);
		output_string(output,
			      outcomes->changed[i] ? words[context->globals.dry_run][direction] : "unchanged");
		TRY(output_row(output));
	}
	return output_close(output);
}

static fallible run(struct context *context, const struct arguments *arguments, enum direction direction)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(group) struct group group = {0};
	TRY(command_open_for_change(context, &installation));
	if (!context->globals.dry_run)
		TRY(groups_lock(&installation));
	TRY(group_find(&installation, arguments->group, &group));
	size_t count = arguments->users.count;
	AUTO(outcomes) struct outcomes outcomes = {.users = mem_new(count, sizeof *outcomes.users),
						   .changed = mem_new(count, sizeof *outcomes.changed),
						   .count = count,
						   .ids = json_array()};
	TRY(change_all(context, &installation, &group, &arguments->users, direction, &outcomes));
	return print(context, &outcomes, direction);
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
	.exits = (const int[]){ERR_INPUT, ERR_UNREACHABLE, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0}

const struct command group_add_command = {
	.name = "add",
	.summary = "add accounts to a group",
	.description = "Adds accounts to a group, all or none. Who is a member already stays one.",
	.examples = (const struct example[]){{"owctl group add Staff alice@example.org bob@example.org", "two members"},
					     {0}},
	.run = run_add,
	MEMBERS_COMMAND,
};

const struct command group_remove_command = {
	.name = "remove",
	.summary = "remove accounts from a group",
	.description = "Removes accounts from a group, all or none. The accounts themselves remain.",
	.examples = (const struct example[]){{"owctl group remove Staff bob@example.org", "one member less"}, {0}},
	.run = run_remove,
	MEMBERS_COMMAND,
};
