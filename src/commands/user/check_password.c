#include "base/memory.h"
#include "commands/user/user.h"

struct arguments {
	const char *user;
	struct password_source source;
};

static const struct argument arguments_table[] = {
	USER_ARGUMENT(struct arguments, user),
	{0},
};

static const struct option options[] = {
	PASSWORD_SOURCE_OPTIONS(struct arguments, source),
	{0},
};

static const struct column columns[] = {
	{"email", COLUMN_TEXT, .help = "mail address of the account"},
	{"matches", COLUMN_BOOLEAN, .help = "whether this is the password"},
	{"can_sign_in", COLUMN_BOOLEAN, .help = "whether the account gets in with it: enabled and not pending"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{0},
};

static bool can_sign_in(const struct user *user)
{
	return user->active && !text_equal(user->role, "pending");
}

static fallible print(struct context *context, const struct user *user, bool matches)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, user->email);
	output_boolean(output, matches);
	output_boolean(output, matches && can_sign_in(user));
	output_string(output, user->role);
	TRY(output_row(output));
	return output_close(output);
}

static fallible refused(const struct user *user, bool has_password)
{
	if (has_password)
		return error_new(ERR_NO, "this is not the password of %s", user->email);
	return error_hint(error_new(ERR_NO, "%s: the account has no password", user->email),
			  "`owctl user passwd %s` sets one; an account that signs in elsewhere needs none",
			  user->email);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(secret) char *password = NULL;
	AUTO(secret) char *hash = NULL;
	AUTO(user) struct user user = {0};
	AUTO(installation) struct installation installation = {0};
	AUTO(memory) char *what = text_format("password of %s", arguments->user);
	TRY(password_account_first(context, &arguments->source, arguments->user));
	TRY(password_obtain(&arguments->source, NULL, what, false, &password));
	if (!*password)
		return error_hint(error_new(ERR_INPUT, "the password is empty"), "a password has one byte at least");
	TRY(command_open(context, &installation));
	TRY(user_find(&installation, arguments->user, &user));
	TRY(user_password_hash(&installation, user.id, &hash));
	bool has_password = hash && *hash, matches = false;
	if (has_password)
		TRY(error_wrap(password_matches(password, hash, &matches), "%s", user.email));
	if (matches && can_sign_in(&user) && context_is_silent(context))
		return NULL;
	TRY(print(context, &user, matches));
	return matches ? NULL : refused(&user, has_password);
}

const struct command user_check_password_command = {
	.name = "check-password",
	.summary = "check a password against the stored hash",
	.description = "Signs in offline: compares a password with the hash in the database, as the server would. "
		       "Exits 2 when it is not the password, or the account has none.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){{"owctl user check-password alice@example.org", "asks for the password"},
					 {"owctl user check-password ci@example.org --password-file /run/secrets/ci",
					  "in a script"},
					 {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
