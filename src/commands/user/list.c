#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "commands/user/user.h"
#include "openwebui/groups.h"

struct arguments {
	struct strings roles;
	int64_t active_since, inactive_since;
	const char *search, *group, *sort;
	bool reverse;
	int64_t limit;
};

static const struct option options[] = {
	{.name = "role",
	 OPTION_CHOICES(struct arguments, roles, user_roles),
	 .value_name = "ROLE",
	 .help = "only accounts with this role"},
	{.name = "active-since",
	 OPTION_TIME(struct arguments, active_since),
	 .value_name = "TIME",
	 .help = "only accounts that were active at or after this date or time, or within this age (7d, 12h, 30m, 2w)"},
	{.name = "inactive-since",
	 OPTION_TIME(struct arguments, inactive_since),
	 .value_name = "TIME",
	 .help = "only accounts that were not active since this date or time, or for this age (90d)"},
	{.name = "search",
	 OPTION_TEXT(struct arguments, search),
	 .value_name = "TEXT",
	 .help = "only accounts with this text in address or name, in any letter case"},
	{.name = "group",
	 OPTION_TEXT(struct arguments, group),
	 .value_name = "GROUP",
	 .complete = complete_group,
	 .help = "only members of this group (name or id)"},
	{.name = "sort",
	 OPTION_CHOICE(struct arguments, sort, user_sorts),
	 .value_name = "KEY",
	 .fallback = "created",
	 .help = "order of the list"},
	{.name = "reverse", OPTION_FLAG(struct arguments, reverse), .help = "reverse the order"},
	{.name = "limit",
	 OPTION_INTEGER(struct arguments, limit),
	 .value_name = "N",
	 .help = "print at most this many; 0 means all",
	 .fallback = "0"},
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .extra = true, .help = "id of the account"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name shown to others"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{"last_active_at", COLUMN_TIME, .nullable = true, .help = "last activity that the server recorded"},
	{"created_at", COLUMN_TIME, .nullable = true, .extra = true, .help = "when the account was made"},
	{"updated_at", COLUMN_TIME, .nullable = true, .extra = true, .help = "last change of the account"},
	{0},
};

static fallible print(struct db_rows *rows, struct output *output, int64_t *count)
{
	struct error *error = NULL;
	for (; db_row(rows, &error); ++*count) {
		for (int column = USER_ID; column <= USER_ROLE; column++)
			command_put_cell(output, rows, column);
		for (int column = USER_LAST_ACTIVE_AT; column <= USER_UPDATED_AT; column++)
			output_time_known(output, db_cell_integer(rows, column));
		TRY(output_row(output));
	}
	TRY(error);
	return output_close(output);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	TRY(command_open(context, &installation));
	AUTO(group) struct group group = {0};
	if (arguments->group)
		TRY(group_find(&installation, arguments->group, &group));
	struct user_filter filter = {
		.roles = &arguments->roles,
		.active_since = arguments->active_since,
		.inactive_since = arguments->inactive_since,
		.search = arguments->search,
		.group = group.id,
		.sort = arguments->sort,
		.reverse = arguments->reverse,
		.limit = arguments->limit,
	};
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(users_select(&installation, &filter, USERS_FOR_LIST, &rows));
	int64_t count = 0;
	TRY(print(rows, output, &count));
	if (arguments->limit && count == arguments->limit)
		log_note("the list ends at --limit %lld; there may be more", (long long)count);
	return NULL;
}

const struct command user_list_command = {
	.name = "list",
	.summary = "list accounts",
	.description = "Lists accounts, streaming: the whole list, however long, in the order of --sort. With several "
		       "filters an account must pass all of them.",
	.options = options,
	.examples =
		(const struct example[]){{"owctl user list --role admin", "the administrators"},
					 {"owctl user list --active-since 7d", "who was there in the last seven days"},
					 {"owctl user list --inactive-since 2026-01-01 --sort active -o csv",
					  "accounts to clean up, as CSV"},
					 {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
