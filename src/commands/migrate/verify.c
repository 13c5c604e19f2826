#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/verify.h"

struct arguments {
	bool catalogue_only;
};

static const struct option options[] = {
	{.name = "catalogue-only",
	 OPTION_FLAG(struct arguments, catalogue_only),
	 .help = "look at tables, columns, keys and indexes only, not at rows: quick on any database"},
	{0},
};

static const struct column columns[] = {
	{"kind", COLUMN_TEXT,
	 .help = "`catalogue`, `data`, or `foreign`: what is there besides, its owner's own and no fault"},
	{"finding", COLUMN_TEXT, .help = "what it is, in a word: `missing-index`"},
	{"place", COLUMN_TEXT, .help = "table, column, key or index"},
	{"what", COLUMN_TEXT, .help = "what is wrong, with some of the rows named"},
	{"rows", COLUMN_INTEGER, .nullable = true, .help = "how many rows; none where it is not about rows"},
	{"breaks", COLUMN_BOOLEAN, .help = "whether Open WebUI fails on it"},
	{"mend", COLUMN_TEXT, .nullable = true, .help = "what mends it"},
	{0},
};

static fallible print_findings(struct context *context, const struct findings *findings)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		output_string(output, finding_kind_names[finding->kind]);
		output_string(output, finding->name);
		output_string(output, finding->place);
		output_string(output, finding->what);
		if (finding->count)
			output_integer(output, finding->count);
		else
			output_null(output);
		output_boolean(output, finding->breaks);
		output_string(output, finding->mend);
		TRY(output_row(output));
	}
	return output_close(output);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct installation_options how = {.access = DB_READ, .any_revision = true, .large_work = true};
	AUTO(installation) struct installation installation = {0};
	AUTO(findings) struct findings findings = {0};
	TRY(command_open_as(context, how, &installation));
	TRY(migrate_check_recorded(&installation));
	TRY(verify_database(&installation, arguments->catalogue_only, &findings));
	size_t faults = findings_faults(&findings);
	TRY(print_findings(context, &findings));
	if (!faults) {
		log_note("%s is what revision %s makes%s", db_display(installation.db), installation.revision->id,
			 arguments->catalogue_only ? "; rows were not looked at" : "");
		return NULL;
	}
	return error_new(ERR_NO, "%s is not what revision %s makes: %zu finding%s", db_display(installation.db),
			 installation.revision->id, faults, faults == 1 ? "" : "s");
}

const struct command migrate_verify_command = {
	.name = "verify",
	.summary = "check that a database is what its revision says",
	.description =
		"Compares tables, columns, keys and indexes with those that Open WebUI's migrations make up to the "
		"recorded revision, and looks through the rows: whether what they refer to is there, whether JSON "
		"columns hold JSON, whether every message in a chat has its row, whether addresses are unique. Exits "
		"2 when something is wrong. Databases that different releases made differ in ways that are no fault; "
		"`owctl migrate status` tells the family. Tables, columns, indexes, views and triggers of your own "
		"are listed as foreign, and are no fault either.\n\n"
		"Reads only. The rows of a large database take a while, and an SQLite database that is not in WAL "
		"mode can't be written to meanwhile.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate verify",
					      "whether tables and rows are what they should be"},
					     {"owctl migrate verify --catalogue-only", "tables alone, which is quick"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
