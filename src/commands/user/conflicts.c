#include "base/log.h"
#include "commands/user/user.h"
#include "provision/conflicts.h"

static const char *const kinds[] = {
	[CONFLICT_ADDRESS] = "address",	      [CONFLICT_ADDRESS_UNICODE] = "address-unicode",
	[CONFLICT_OAUTH] = "identity",	      [CONFLICT_API_KEY] = "api-key",
	[CONFLICT_NO_ACCOUNT] = "no-account", [CONFLICT_NO_CREDENTIALS] = "no-credentials",
	[CONFLICT_SIGN_IN_ADDRESS] = "sign-in-address",
};

_Static_assert(COUNT(kinds) == CONFLICT_KINDS, "a kind without its name");

static const struct column columns[] = {
	{"conflict", COLUMN_INTEGER, .help = "number of the conflict, which its accounts share"},
	{"kind",
	 COLUMN_TEXT,
	 .help = "`address` (one mail address but for the letter case, as this database sees it: from 0.11 on it "
		 "refuses them), `address-unicode` (as Unicode sees it and this database does not: another one might), "
		 "`identity` (one subject of an identity provider), `api-key` (one API key), `no-account` (credentials "
		 "without an account), `no-credentials` (an account without a row in auth), `sign-in-address` "
		 "(credentials with another address)"},
	{"id", COLUMN_TEXT, .nullable = true, .help = "id of the account"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name shown to others"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{"created_at", COLUMN_TIME, .nullable = true, .help = "when the account was made"},
	{"last_active_at", COLUMN_TIME, .nullable = true, .help = "last activity that the server recorded"},
	{"has_password", COLUMN_BOOLEAN, .help = "whether a password is set"},
	{"chats", COLUMN_INTEGER, .help = "chats that it owns"},
	{"files", COLUMN_INTEGER, .help = "files that it owns"},
	{"others", COLUMN_INTEGER,
	 .help = "what else it owns or belongs to, as models, prompts, knowledge, groups, messages in channels"},
	{0},
};

static fallible print_row(struct output *output, const char *kind, const struct db_rows *rows, int64_t conflict)
{
	output_integer(output, conflict);
	output_string(output, kind);
	for (int column = CONFLICT_ID; column <= CONFLICT_ROLE; column++)
		command_put_cell(output, rows, column);
	for (int column = CONFLICT_CREATED_AT; column <= CONFLICT_LAST_ACTIVE_AT; column++)
		output_time_known(output, db_cell_integer(rows, column));
	output_boolean(output, db_cell_integer(rows, CONFLICT_HAS_PASSWORD));
	for (int column = CONFLICT_CHATS; column <= CONFLICT_OTHERS; column++)
		output_integer(output, db_cell_integer(rows, column));
	return output_row(output);
}

/* A key is compared by its bytes, as the order of the rows may not tell more. */
static bool begins_another(struct str *key, const struct db_rows *rows)
{
	const char *found = db_cell_text(rows, CONFLICT_KEY);
	if (key->data && text_equal(str_text(key), found))
		return false;
	str_clear(key);
	str_add(key, found ? found : "");
	return true;
}

static fallible print_kind(struct installation *installation, const struct known_columns *known,
			   enum conflict_kind kind, struct output *output, int64_t *conflicts)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(str) struct str key = {0};
	TRY(conflicts_select(installation, known, kind, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		*conflicts += begins_another(&key, rows);
		TRY(print_row(output, kinds[kind], rows, *conflicts));
	}
	return error;
}

static fallible run(struct context *context, const void *values)
{
	(void)values;
	const struct installation_options how = {.access = DB_READ, .any_age = true};
	AUTO(installation) struct installation installation = {0};
	AUTO(known_columns) struct known_columns known = {0};
	AUTO(output) struct output *output = NULL;
	int64_t conflicts = 0;
	TRY(command_open_as(context, how, &installation));
	TRY(statements_without_compiler(&installation));
	TRY(known_columns_read(&installation, &known));
	TRY(context_output(context, &output));
	for (enum conflict_kind kind = 0; kind < CONFLICT_KINDS; kind++)
		TRY(print_kind(&installation, &known, kind, output, &conflicts));
	TRY(output_close(output));
	if (!conflicts) {
		log_note("no accounts clash");
		return NULL;
	}
	return error_hint(error_new(ERR_NO, "there are conflicts of accounts: %lld", (long long)conflicts),
			  "`owctl user merge FROM INTO --dry-run` shows what would become of two of one person");
}

const struct command user_conflicts_command = {
	.name = "conflicts",
	.summary = "find accounts that clash: same address, identity or API key",
	.description =
		"Lists accounts that have the same mail address but for the letter case, the same subject of an "
		"identity provider or the same API key, and those whose credentials are missing, left over or have "
		"another address. Each with what tells which to keep. Exits 2 if there are any.\n\n"
		"Open WebUI 0.11 and later refuse a database with two accounts of one address: `owctl migrate up` "
		"stops before it, and `owctl user merge` makes one account of them. SQLite compares only the letters A "
		"to Z without their case, PostgreSQL those of the database's locale: what only Unicode takes for one "
		"address is listed apart, as it is in the way of a move to a database that sees it.\n\n"
		"Works on older databases than the other commands.",
	.examples = (const struct example[]){{"owctl user conflicts", "who is in whose way"},
					     {"owctl user conflicts -o json", "the same for a script"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.run = run,
};
