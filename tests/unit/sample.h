/* A small tree of commands with every type of value, for the tests of what is made from descriptors. */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "cli/run.h"

struct sample {
	bool all, wait, hidden;
	const char *role, *name, *email;
	struct strings tags, roles, groups;
	int64_t limit, level, age, since;
};

static const char *const sample_roles[] = {"pending", "user", "admin", NULL};

static UNUSED void complete_names(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	strings_add(words, prefix);
	strings_add(words, "alice\tan account");
	strings_add(words, "a\x1b[2J");
	strings_add(words, "two\nlines");
	strings_add(words, "bad\xff");
}

static const struct option sample_options[] = {
	{.name = "all", .letter = 'a', OPTION_FLAG(struct sample, all), .help = "show all"},
	{.name = "wait", OPTION_FLAG(struct sample, wait), .negatable = true, .help = "wait for it"},
	{.name = "role", .letter = 'r', OPTION_CHOICE(struct sample, role, sample_roles), .value_name = "ROLE",
	 .fallback = "user", .help = "of this role"},
	{.name = "name", OPTION_TEXT(struct sample, name), .value_name = "NAME", .complete = complete_names,
	 .help = "of this name"},
	{.name = "tag", .letter = 't', OPTION_TEXTS(struct sample, tags), .value_name = "TAG", .may_be_empty = true,
	 .help = "with this tag"},
	{.name = "roles", OPTION_CHOICES(struct sample, roles, sample_roles), .value_name = "ROLE,..",
	 .help = "of these roles"},
	{.name = "limit", OPTION_INTEGER(struct sample, limit), .value_name = "N", .help = "at most so many"},
	{.name = "level", OPTION_INTEGER(struct sample, level), .value_name = "N", .smallest = -5, .largest = 9,
	 .help = "how hard to try"},
	{.name = "age", OPTION_DURATION(struct sample, age), .value_name = "TIME", .fallback = "2h", .help = "so old"},
	{.name = "for-scripts-of-our-own", OPTION_FLAG(struct sample, hidden), .hidden = true, .help = "not shown"},
	{.name = "since", OPTION_TIME(struct sample, since), .value_name = "TIME", .help = "since then"},
	{0},
};

static const struct argument sample_list_arguments[] = {
	{.name = "EMAIL", OPTION_TEXT(struct sample, email), .required = true, .help = "mail address"},
	{.name = "GROUP", OPTION_TEXTS(struct sample, groups), .help = "names of groups"},
	{0},
};

static const struct column sample_columns[] = {
	{.name = "id", .type = COLUMN_TEXT, .help = "id of the account"},
	{.name = "count", .type = COLUMN_INTEGER, .help = "number of chats"},
	{.name = "active", .type = COLUMN_BOOLEAN, .help = "whether it is active"},
	{.name = "seen_at", .type = COLUMN_TIME, .nullable = true, .help = "when it was last seen"},
	{.name = "groups", .type = COLUMN_TEXTS, .help = "names of its groups"},
	{.name = "info", .type = COLUMN_JSON, .nullable = true, .extra = true, .help = "what else is known"},
	{0},
};

static fallible sample_run(struct context *context, const void *values)
{
	(void)context;
	(void)values;
	return NULL;
}

static const struct example sample_examples[] = {
	{"owctl user list a@example.org --role admin", "the administrators"},
	{0},
};

static const int sample_exits[] = {ERR_INPUT, 0};

static const struct command sample_list = {
	.name = "list",
	.summary = "list accounts",
	.description = "Lists accounts. Each has a role.\n\nMore about it.",
	.arguments = sample_list_arguments,
	.options = sample_options,
	.examples = sample_examples,
	.exits = sample_exits,
	.columns = sample_columns,
	.size = sizeof(struct sample),
	.run = sample_run,
};

static const struct option sample_create_options[] = {
	{.name = "name", OPTION_TEXT(struct sample, name), .value_name = "NAME", .required = true, .help = "full name"},
	{.name = "password-stdin", OPTION_FLAG(struct sample, all), .help = "read the password from standard input"},
	{.name = "password-file", OPTION_TEXT(struct sample, role), .value_name = "FILE", .complete = complete_file,
	 .help = "read the password from a file"},
	{0},
};

static const struct argument sample_create_arguments[] = {
	{.name = "EMAIL", OPTION_TEXT(struct sample, email), .required = true, .help = "mail address"},
	{0},
};

static const struct command sample_create = {
	.name = "create",
	.summary = "create an account",
	.description = "Creates an account.",
	.arguments = sample_create_arguments,
	.options = sample_create_options,
	.changes = true,
	.size = sizeof(struct sample),
	.run = sample_run,
};

static const struct argument sample_remove_arguments[] = {
	{.name = "GROUP", OPTION_TEXT(struct sample, name), .required = true, .help = "the group"},
	{.name = "USER", OPTION_TEXTS(struct sample, groups), .required = true, .complete = complete_names,
	 .help = "who leaves it"},
	{0},
};

static const struct command sample_remove = {
	.name = "remove",
	.summary = "remove members",
	.description = "Removes members.",
	.arguments = sample_remove_arguments,
	.size = sizeof(struct sample),
	.run = sample_run,
};

static const struct command sample_status = {
	.name = "status",
	.summary = "show the status",
	.description = "Shows the status.",
	.columns = sample_columns,
	.shape = SHAPE_OBJECT,
	.standalone = true,
	.size = 1,
	.run = sample_run,
};

static const struct command *const sample_user_commands[] = {&sample_list, &sample_create, &sample_remove, NULL};

static const struct command sample_user = {
	.name = "user", .summary = "accounts", .description = "Accounts.", .subcommands = sample_user_commands};

static const struct command *const sample_groups[] = {&sample_user, &sample_status, NULL};

static const struct command sample_root UNUSED = {
	.name = "owctl", .summary = "try things", .description = "Tries things.", .subcommands = sample_groups};

/* Splits at blanks; no quoting. */
static inline struct invocation UNUSED parse_text(const char *text, struct error **error)
{
	struct strings words = {0};
	struct invocation invocation;
	strings_split(&words, text, ' ');
	*error = parse_command_line(&sample_root, (int)words.count, words.items, &invocation);
	strings_cleanup(&words);
	return invocation;
}

#endif
