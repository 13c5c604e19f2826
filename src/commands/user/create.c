#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/audit.h"
#include "commands/user/accounts_run.h"

struct arguments {
	const char *email, *name, *role;
	struct strings groups;
	struct password_source source;
	bool no_password, if_missing, create_groups;
};

static const struct argument arguments_table[] = {
	{.name = "EMAIL",
	 OPTION_TEXT(struct arguments, email),
	 .help = "mail address that the account signs in with",
	 .required = true},
	{0},
};

static const struct option options[] = {
	{.name = "name",
	 OPTION_TEXT(struct arguments, name),
	 .value_name = "NAME",
	 .help = "name shown to others; without it the part of the address before the @"},
	{.name = "role",
	 OPTION_CHOICE(struct arguments, role, user_roles),
	 .value_name = "ROLE",
	 .fallback = "user",
	 .help = "what the account may do"},
	{.name = "group",
	 OPTION_TEXTS(struct arguments, groups),
	 .value_name = "GROUP",
	 .complete = complete_group,
	 .help = "group (name or id) to join"},
	PASSWORD_SOURCE_OPTIONS(struct arguments, source),
	GENERATE_OPTION(struct arguments, source),
	{.name = "no-password",
	 OPTION_FLAG(struct arguments, no_password),
	 .help = "no password: the account signs in by LDAP or an identity provider"},
	{.name = "if-missing",
	 OPTION_FLAG(struct arguments, if_missing),
	 .help = "if the account exists, leave it alone and succeed"},
	{.name = "create-groups",
	 OPTION_FLAG(struct arguments, create_groups),
	 .help = "create groups that do not exist"},
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .nullable = true, .help = "id of the account; null in a dry run"},
	{"email", COLUMN_TEXT, .help = "mail address, in lower case"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name shown to others"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{"outcome", COLUMN_TEXT,
	 .help = "`created`, `exists`, `would create`, or `unknown` where the connection was lost while committing"},
	{"password", COLUMN_TEXT, .nullable = true, .extra = true, .help = "the password made by --generate"},
	{0},
};

static fallible print(struct context *context, const void *state)
{
	const struct accounts *accounts = state;
	const struct account *account = &accounts->items[0];
	bool made = account->generated && account->state == ACCOUNT_NEW && context->change != CHANGE_NONE;
	const char *const cells[] = {
		account->id[0] ? account->id : NULL,
		account->email,
		account->name,
		account->role,
		account->state == ACCOUNT_EXISTS ? "exists" : command_outcome(context, "created", "would create"),
		made ? account->password : NULL,
	};
	return context_print_texts(context, made ? "password" : NULL, cells, COUNT(cells));
}

/* Nobody types a password, or needs a terminal, for a dry run: it writes none. */
static fallible take_password(struct context *context, const struct arguments *arguments,
			      const struct password_rules *rules, struct account *account)
{
	const struct password_source *source = &arguments->source;
	bool given = source->from_stdin || source->file || source->generate;
	if (arguments->no_password)
		return given ? error_hint(error_new(ERR_USAGE, "--no-password and a password contradict each other"),
					  "leave one of them out")
			     : NULL;
	if (context->globals.dry_run && password_is_asked(source))
		return NULL;
	AUTO(memory) char *what = text_format("password for %s", arguments->email);
	TRY(password_obtain(source, rules, what, true, &account->password));
	return password_rules_check(rules, account->password);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(password_rules) struct password_rules rules = {0};
	TRY(audit_not_read(context, arguments->source.from_stdin ? "-" : arguments->source.file));
	TRY(password_will_show(context, arguments->source.generate));
	TRY(password_rules_load(context->settings, &rules));
	AUTO(accounts) struct accounts accounts = {0};
	struct account *account = accounts_add(&accounts, 0);
	account_set(account, "email", arguments->email);
	account_set(account, "role", arguments->role);
	if (arguments->name)
		account->name = text_copy(arguments->name);
	account->unsplit = true;
	for (size_t i = 0; i < arguments->groups.count; i++)
		strings_add(&account->groups, arguments->groups.items[i]);
	/* Before anybody types a password: a slip in the address, or one that is taken, is told at once. */
	TRY(accounts_validate(&accounts, arguments->role, &rules));
	TRY(accounts_refuse_bad(&accounts));
	AUTO(memory) char *look = text_format("owctl user show %s", account->email);
	struct accounts_job job = {.accounts = &accounts,
				   .options = {.if_missing = arguments->if_missing,
					       .create_groups = arguments->create_groups,
					       .algorithm = rules.algorithm},
				   .print = print,
				   .look = look};
	if (password_is_asked(&arguments->source) && !arguments->no_password)
		TRY(accounts_look(context, &job));
	if (account->state == ACCOUNT_NEW)
		TRY(take_password(context, arguments, &rules, account));
	account->generated = arguments->source.generate;
	return accounts_run(context, &job);
}

const struct command user_create_command = {
	.name = "create",
	.summary = "create an account",
	.description =
		"Creates an account that can sign in at once: its rows are those that Open WebUI's own form makes, the "
		"password is hashed as the release does. Joins the groups given, and the installation's default group "
		"if one is set.\n\n"
		"Without one of the password options the password is asked for on the terminal. `owctl user import` "
		"creates many accounts at once.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){
			{"owctl user create alice@example.org --name Alice --role admin", "asks for the password"},
			{"owctl user create bob@example.org --generate -o json", "makes a password and prints it once"},
			{"owctl user create ci@example.org --password-file /run/secrets/ci --if-missing",
			 "in a script that may run twice"},
			{0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
