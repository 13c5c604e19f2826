#include "base/memory.h"
#include "commands/user/user.h"

struct arguments {
	const char *user;
};

static const struct argument arguments_table[] = {
	USER_ARGUMENT(struct arguments, user),
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .help = "id of the account"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name shown to others"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{"username", COLUMN_TEXT, .nullable = true, .help = "handle chosen by its owner"},
	{"primary", COLUMN_BOOLEAN, .help = "the primary administrator, who can't be deleted"},
	{"active", COLUMN_BOOLEAN, .help = "whether the credentials are enabled"},
	{"has_password", COLUMN_BOOLEAN, .help = "whether a password is set"},
	{"single_sign_on", COLUMN_BOOLEAN, .help = "whether an identity provider is linked"},
	{"groups", COLUMN_TEXTS, .help = "groups that the account is a direct member of"},
	{"last_active_at", COLUMN_TIME, .nullable = true, .help = "last activity that the server recorded"},
	{"created_at", COLUMN_TIME, .nullable = true, .help = "when the account was made"},
	{"updated_at", COLUMN_TIME, .nullable = true, .help = "last change of the account"},
	{0},
};

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(user) struct user user = {0};
	AUTO(strings) struct strings groups = {0};
	AUTO(memory) char *primary = NULL;
	TRY(command_open(context, &installation));
	TRY(user_find(&installation, arguments->user, &user));
	TRY(user_groups(&installation, user.id, &groups));
	TRY(user_primary(&installation, &primary));
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, user.id);
	output_string(output, user.email);
	output_string(output, user.name);
	output_string(output, user.role);
	output_string(output, user.username);
	output_boolean(output, text_equal(primary, user.id));
	output_boolean(output, user.active);
	output_boolean(output, user.has_password);
	output_boolean(output, user.signs_in_elsewhere);
	output_texts(output, (const char *const *)groups.items, groups.count);
	output_time_known(output, user.last_active_at);
	output_time_known(output, user.created_at);
	output_time_known(output, user.updated_at);
	TRY(output_row(output));
	return output_close(output);
}

const struct command user_show_command = {
	.name = "show",
	.summary = "show one account",
	.description = "Shows one account with its groups and how it can sign in.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl user show alice@example.org", "one account"}, {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
