#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "cli/audit.h"
#include "commands/user/accounts_run.h"

struct arguments {
	const char *file, *format, *role;
	struct strings groups;
	bool if_missing, skip_bad, create_groups, generate;
};

/* In the order of enum accounts_format. */
static const char *const formats[] = {"auto", "csv", "json", "jsonl", NULL};

static const struct argument arguments_table[] = {
	{.name = "FILE",
	 OPTION_TEXT(struct arguments, file),
	 .help = "file to read, or - for standard input",
	 .required = true,
	 .complete = complete_file},
	{0},
};

static const struct option options[] = {
	{.name = "format",
	 OPTION_CHOICE(struct arguments, format, formats),
	 .value_name = "FORMAT",
	 .fallback = "auto",
	 .help = "form of the file; auto looks at its first character"},
	{.name = "role",
	 OPTION_CHOICE(struct arguments, role, user_roles),
	 .value_name = "ROLE",
	 .fallback = "user",
	 .help = "role of rows that name none"},
	{.name = "group",
	 OPTION_TEXTS(struct arguments, groups),
	 .value_name = "GROUP",
	 .complete = complete_group,
	 .help = "group (name or id) that every new account joins"},
	{.name = "if-missing",
	 OPTION_FLAG(struct arguments, if_missing),
	 .help = "leave accounts alone that exist, instead of refusing their rows"},
	{.name = "skip-bad",
	 OPTION_FLAG(struct arguments, skip_bad),
	 .help = "write the good rows even if others are bad; the exit status is 65 all the same"},
	{.name = "create-groups",
	 OPTION_FLAG(struct arguments, create_groups),
	 .help = "create groups that do not exist"},
	{.name = "generate",
	 OPTION_FLAG(struct arguments, generate),
	 .help = "make a password for every row without one and print it once; refused if --columns leaves out "
		 "password"},
	{0},
};

static const struct column columns[] = {
	{"line", COLUMN_INTEGER, .help = "line of the file"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address, in lower case"},
	{"outcome", COLUMN_TEXT,
	 .help = "`created`, `exists`, `refused`, `would create`, `not written`, or `unknown` where the connection was "
		 "lost while committing"},
	{"reason", COLUMN_TEXT, .nullable = true,
	 .help = "why a row was refused; with the number of its record where several are on one line"},
	{"id", COLUMN_TEXT, .nullable = true, .extra = true, .help = "id of the account"},
	{"password", COLUMN_TEXT, .nullable = true, .extra = true, .help = "the password made by --generate"},
	{0},
};

static fallible read_rows(const struct arguments *arguments, struct accounts *accounts)
{
	const char *name = strcmp(arguments->file, "-") ? arguments->file : "standard input";
	AUTO(file) FILE *input = NULL;
	TRY(file_open(arguments->file, &input));
	enum accounts_format format = ACCOUNTS_GUESS;
	while (strcmp(arguments->format, formats[format]) != 0)
		format++;
	return accounts_read(accounts, input, name, format);
}

static const char *outcome_of(const struct context *context, const struct accounts *accounts,
			      const struct account *account)
{
	if (account->state == ACCOUNT_BAD)
		return "refused";
	if (account->state == ACCOUNT_EXISTS)
		return "exists";
	return accounts->refused ? "not written" : command_outcome(context, "created", "would create");
}

static fallible print(struct context *context, const void *state)
{
	const struct accounts *accounts = state;
	AUTO(output) struct output *output = NULL;
	bool changed = context->change != CHANGE_NONE;
	if (context_is_silent(context) && !accounts->generate && !accounts_count(accounts, ACCOUNT_BAD))
		return NULL;
	TRY(context_output_also(context, changed && accounts->generate ? "password" : NULL, &output));
	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *account = &accounts->items[i];
		bool written = changed && account->state == ACCOUNT_NEW;
		output_integer(output, account->line);
		output_string(output, account->email);
		output_string(output, outcome_of(context, accounts, account));
		AUTO(memory) char *reason = account->fault && account->record
						    ? text_format("record %lld: %s", (long long)account->record,
								  account->fault)
						    : text_copy(account->fault);
		output_string(output, reason);
		output_string(output, written || account->state == ACCOUNT_EXISTS ? account->id : NULL);
		output_string(output, written && account->generated ? account->password : NULL);
		TRY(output_row(output));
	}
	return output_close(output);
}

static size_t without_password(const struct accounts *accounts)
{
	size_t count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		count += accounts->items[i].state == ACCOUNT_NEW && !accounts->items[i].hash &&
			 !accounts->items[i].password;
	return count;
}

static void summarize(struct context *context, const struct accounts *accounts)
{
	size_t bare = without_password(accounts);
	if (bare)
		log_note("%zu %s no password: sign-in by LDAP or an identity provider only", bare,
			 bare == 1 ? "account has" : "accounts have");
	context_done(context, "%zu %s, %zu existed, %zu refused", accounts_count(accounts, ACCOUNT_NEW),
		     context->globals.dry_run ? "would be created" : "created",
		     accounts_count(accounts, ACCOUNT_EXISTS), accounts_count(accounts, ACCOUNT_BAD));
}

static fallible tell_skipped(const struct context *context, const struct accounts *accounts)
{
	size_t refused = accounts_count(accounts, ACCOUNT_BAD);
	const char *others = !accounts_count(accounts, ACCOUNT_NEW) ? "nothing else was to be written"
			     : context->globals.dry_run              ? "the others would be written"
								     : "the others were written";
	if (!refused)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "%zu of %zu rows were refused and skipped; %s", refused,
				    accounts->count, others),
			  "mend them, and import the same file again with --if-missing");
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(password_rules) struct password_rules rules = {0};
	TRY(audit_not_read(context, arguments->file));
	TRY(password_will_show(context, arguments->generate));
	TRY(password_rules_load(context->settings, &rules));
	AUTO(accounts) struct accounts accounts = {.generate = arguments->generate};
	TRY(read_rows(arguments, &accounts));
	TRY(accounts_validate(&accounts, arguments->role, &rules));
	struct accounts_job job = {.accounts = &accounts,
				   .options = {.if_missing = arguments->if_missing,
					       .create_groups = arguments->create_groups,
					       .algorithm = rules.algorithm,
					       .skip_bad = arguments->skip_bad,
					       .groups = &arguments->groups},
				   .print = print,
				   .look = "owctl user list"};
	struct error *error = accounts_run(context, &job);
	if (error && accounts.refused)
		return error_first(error, print(context, &accounts));
	TRY(error);
	summarize(context, &accounts);
	return tell_skipped(context, &accounts);
}

const struct command user_import_command = {
	.name = "import",
	.summary = "create many accounts from CSV or JSON",
	.description =
		"Creates accounts from a CSV file with a header line, from a JSON array of objects, or from JSON "
		"lines: one object a line. What `owctl user export` and `owctl user list` write as CSV or JSON is "
		"taken. Columns, in any order and letter case: email, name, role, password or password_hash (bcrypt or "
		"argon2), groups (names or ids, separated by semicolons; a list in JSON; --create-groups takes a comma "
		"for part of a name only where there is a semicolon too). Only email is needed. The "
		"form that Open WebUI's own import takes (Name,Email,Password,Role) is taken as it is.\n\n"
		"Either all rows are written, in one transaction, or none: a bad row (mail address, role, password "
		"over 72 bytes, an address that stands twice or is taken, an unknown group) is refused with its line, "
		"and nothing is written unless --skip-bad: then the good rows are, and the exit status is 65 all the "
		"same. Each row's outcome is printed. With --if-missing the same file can be imported again. Passwords "
		"are hashed on all cores, about five a second on each; the database is not locked meanwhile. Where it "
		"is busy or can't be reached when they are ready, writing is tried three times.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl user import people.csv --dry-run", "show what would happen"},
					     {"owctl user import people.csv --if-missing --group Staff",
					      "add those who are new, all to one group"},
					     {"owctl user import - --format jsonl -o json < people.jsonl",
					      "read from and write for a program"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
