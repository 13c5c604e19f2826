#include "base/log.h"
#include "base/memory.h"
#include "commands/user/user.h"

struct arguments {
	bool with_hashes;
};

static const struct option options[] = {
	{.name = "with-hashes",
	 OPTION_FLAG(struct arguments, with_hashes),
	 .help = "export password hashes as well; keep the file as you would keep passwords"},
	{0},
};

static const struct column columns[] = {
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name shown to others"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "`pending`, `user` or `admin`"},
	{"password_hash", COLUMN_TEXT, .nullable = true, .help = "with --with-hashes; else null"},
	{"groups", COLUMN_TEXTS, .help = "names of the groups; ids where a name stands for several"},
	{0},
};

static fallible print_rows(struct db_rows *rows, struct output *output, bool with_hashes)
{
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			return output_close(output);
		for (int column = USER_EMAIL; column <= USER_ROLE; column++)
			output_string(output, db_cell_text(rows, column));
		const char *hash = db_cell_text(rows, USER_PASSWORD), *groups = db_cell_text(rows, USER_GROUPS);
		output_string(output, with_hashes && hash && *hash ? hash : NULL);
		AUTO(strings) struct strings list = {0};
		strings_split(&list, groups ? groups : "", ';');
		output_texts(output, (const char *const *)list.items, list.count);
		TRY(output_row(output));
	}
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(output) struct output *output = NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct user_filter all = {0};
	TRY(command_open(context, &installation));
	TRY(context_output(context, &output));
	TRY(users_select(&installation, &all, USERS_FOR_EXPORT, &rows));
	return print_rows(rows, output, arguments->with_hashes);
}

const struct command user_export_command = {
	.name = "export",
	.summary = "export accounts in the form that import takes",
	.description = "Writes all accounts with their groups as CSV, or with -o json as JSON: a file that `owctl user "
		       "import` takes on another installation. Password hashes are left out unless --with-hashes; "
		       "without them the imported accounts have no password.",
	.options = options,
	.examples =
		(const struct example[]){{"owctl user export > people.csv", "for a spreadsheet"},
					 {"owctl user export --with-hashes > people.csv", "to move people and passwords"},
					 {0}},
	.exits = (const int[]){DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.format = OUTPUT_CSV,
	.size = sizeof(struct arguments),
	.run = run,
};
