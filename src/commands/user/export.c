#include <string.h>

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
	{"groups", COLUMN_TEXTS,
	 .help = "names of the groups; ids where a name stands for several, or holds a semicolon in CSV: a warning "
		 "names them"},
	{0},
};

/* Import splits at semicolons and drops blanks around what is between; JSON has a list. */
static bool csv_holds(const char *name)
{
	AUTO(strings) struct strings parts = {0};
	strings_split(&parts, name, ';');
	return parts.count == 1 && !strcmp(parts.items[0], name);
}

/* Adds the groups of one account to `list` as import is to find them; `by_id` gets those that have no such name. */
static void read_groups(const char *groups, bool csv, struct strings *list, struct strings *by_id)
{
	while (groups && *groups) {
		size_t size = strcspn(groups, (char[]){GROUPS_SEPARATOR, '\0'});
		AUTO(memory) char *id = text_copy_n(groups, size);
		char *name = strchrnul(id, GROUP_ID_END);
		if (*name)
			*name++ = '\0';
		bool named = csv ? csv_holds(name) : *name;
		strings_add(list, named ? name : id);
		if (!named && !strings_have(by_id, id))
			strings_add(by_id, id);
		groups += size + (groups[size] != '\0');
	}
}

static void warn_of_ids(const struct strings *by_id, bool csv)
{
	AUTO(memory) char *list = strings_join(by_id, ", ");
	if (by_id->count)
		log_warning("%zu %s named by id, which no other installation knows, because %s: %s", by_id->count,
			    by_id->count == 1 ? "group is" : "groups are",
			    csv ? "another has the same name or CSV can't hold it in a list (-o json can)"
				: "another has the same name",
			    list);
}

static fallible print_rows(struct db_rows *rows, struct output *output, bool with_hashes, bool csv)
{
	AUTO(strings) struct strings by_id = {0};
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		for (int column = USER_EMAIL; column <= USER_ROLE; column++)
			output_string(output, db_cell_text(rows, column));
		const char *hash = db_cell_text(rows, USER_PASSWORD);
		output_string(output, with_hashes && hash && *hash ? hash : NULL);
		AUTO(strings) struct strings list = {0};
		if (output_wants(output, "groups"))
			read_groups(db_cell_text(rows, USER_GROUPS), csv, &list, &by_id);
		/* A semicolon behind it tells import that the comma separates nothing. */
		if (csv && list.count == 1 && strchr(list.items[0], ','))
			strings_add(&list, "");
		output_texts(output, (const char *const *)list.items, list.count);
		TRY(output_row(output));
	}
	TRY(error);
	warn_of_ids(&by_id, csv);
	return output_close(output);
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
	bool csv = !context->globals.format || !strcmp(context->globals.format, "csv");
	return print_rows(rows, output, arguments->with_hashes, csv);
}

const struct command user_export_command = {
	.name = "export",
	.summary = "export accounts in the form that import takes",
	.description = "Writes all accounts with their groups as CSV, or with -o json as JSON: a file that `owctl user "
		       "import` takes on another installation. Password hashes are left out unless --with-hashes; "
		       "without them the imported accounts have no password.",
	.options = options,
	.examples = (const struct example[]){{"owctl user export > people.csv", "for a spreadsheet"},
					     {"owctl user export --with-hashes > people.csv",
					      "to move people and passwords"},
					     {0}},
	.exits = (const int[]){DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.format = OUTPUT_CSV,
	.size = sizeof(struct arguments),
	.run = run,
};
