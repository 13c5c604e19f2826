/* Man pages in mdoc(7): one for owctl, one for each command of the first level with all that is below it. */
#include "base/memory.h"
#include "cli/describe.h"
#include "cli/lookup.h"
#include "cli/man_text.h"
#include "cli/manual.h"
#include "cli/run.h"
#include "cli/topics.h"

#define BEGIN_LIST(out) str_add(out, ".Bl -tag -width Ds\n")
#define END_LIST(out) str_add(out, ".El\n")

typedef void writer(struct str *out, const struct command *command, const char *path);

/* The commands below this one, itself included, that can be run. */
static void each_command(struct str *out, const struct command *command, const char *path, writer *write)
{
	if (command->run)
		write(out, command, path);
	for (const struct command *const *sub = command->subcommands; sub && *sub; sub++) {
		AUTO(memory) char *below = text_format("%s %s", path, (*sub)->name);
		if (!(*sub)->hidden)
			each_command(out, *sub, below, write);
	}
}

static void synopsis(struct str *out, const struct command *command, const char *path)
{
	AUTO(str) struct str usage = {0};
	describe_usage(&usage, command);
	str_add_format(out, ".Nm owctl\n%s ", path);
	man_text(out, str_text(&usage));
}

static void option(struct str *out, const struct option *option)
{
	str_add(out, ".It");
	if (option->letter)
		str_add_format(out, " Fl %c ,", option->letter);
	str_add_format(out, " Fl \\-%s", option->name);
	if (option->value_name) {
		str_add(out, option->alone ? " Ns Oo = Ns Ar " : " Ar ");
		man_escape(out, option->value_name);
		str_add(out, option->alone ? " Oc" : "");
	}
	str_add_char(out, '\n');
	AUTO(str) struct str text = {0};
	describe_option(&text, option);
	man_sentence(out, str_text(&text));
}

static void own_entries(struct str *out, const struct command *command)
{
	for (size_t i = 0; i < count_arguments(command); i++) {
		AUTO(str) struct str text = {0};
		describe_argument(&text, &command->arguments[i]);
		man_macro(out, "It Ar", command->arguments[i].name);
		man_sentence(out, str_text(&text));
	}
	for (const struct option *each = option_table(command, 0); each->name; each++)
		if (!each->hidden)
			option(out, each);
}

static void columns(struct str *out, const struct command *command)
{
	str_add(out, ".Pp\nIt prints these columns in the form that\n.Fl \\-output\nof\n.Xr owctl 1\nasks for:\n");
	BEGIN_LIST(out);
	for (const struct column *column = command->columns; column->name; column++) {
		man_macro(out, "It Cm", column->name);
		AUTO(memory) char *text = text_format("%s (%s%s%s)", column->help, column_type_name(column->type),
						      column->nullable ? ", may be null" : "",
						      column->extra ? "; in a table only if asked for" : "");
		man_sentence(out, text);
	}
	END_LIST(out);
}

static void exit_code(const struct exit_status *status, void *data)
{
	struct str *codes = data;
	str_add_format(codes, "%s%d", codes->size ? ", " : "", status->code);
}

static void body(struct str *out, const struct command *command)
{
	man_text(out, command->description);
	if (count_arguments(command) || has_visible_options(command)) {
		BEGIN_LIST(out);
		own_entries(out, command);
		END_LIST(out);
	}
	if (command->changes)
		str_add(out, ".Pp\nIt changes something:\n.Fl \\-dry-run ,\n.Fl \\-yes\nand\n.Fl \\-audit-log\nof\n"
			     ".Xr owctl 1\napply.\n");
	if (command->columns)
		columns(out, command);
	AUTO(str) struct str codes = {0};
	each_exit_status(command, exit_code, &codes);
	str_add_format(out, ".Pp\nExit status: %s; see\n.Xr owctl 1 .\n", str_text(&codes));
}

static void subcommand(struct str *out, const struct command *command, const char *path)
{
	AUTO(memory) char *title = text_format("owctl %s", path);
	man_macro(out, "Ss", title);
	body(out, command);
}

static void examples(struct str *out, const struct command *command, const char *path UNUSED)
{
	for (const struct example *example = command->examples; example && example->line; example++) {
		AUTO(memory) char *lead = text_format("%s:", example->what);
		man_capital(lead);
		if (!text_ends(str_text(out), ".Sh EXAMPLES\n"))
			str_add(out, ".Pp\n");
		man_text(out, lead);
		man_macro(out, "Dl", example->line);
	}
}

static void group_page(struct str *out, const struct command *command, const char *path)
{
	AUTO(memory) char *name = text_format("owctl-%s", path);
	AUTO(strings) struct strings pages = {0};
	man_prologue(out, name, 1, command->summary);
	str_add(out, ".Sh SYNOPSIS\n");
	each_command(out, command, path, synopsis);
	str_add(out, ".Sh DESCRIPTION\n");
	if (command->run) {
		body(out, command);
	} else {
		man_text(out, command->description);
		each_command(out, command, path, subcommand);
	}
	str_add(out, ".Sh EXAMPLES\n");
	if (!command->run)
		examples(out, command, path);
	each_command(out, command, path, examples);
	strings_add(&pages, "1 owctl");
	man_refer(&pages, path);
	man_see_also(out, &pages);
}

static void command_list(struct str *out, const struct command *root)
{
	str_add(out, ".Ss Commands\n");
	BEGIN_LIST(out);
	for (const struct command *const *sub = root->subcommands; *sub; sub++) {
		if ((*sub)->hidden)
			continue;
		man_macro(out, "It Cm", (*sub)->name);
		man_sentence(out, (*sub)->summary);
		str_add_format(out, "See\n.Xr owctl-%s 1 .\n", (*sub)->name);
	}
	END_LIST(out);
}

struct section {
	struct str *out;
	const char *macro; /* that begins an item of the list */
};

static void section_row(const char *term, const char *text, void *data)
{
	struct section *section = data;
	man_macro(section->out, section->macro, term);
	man_sentence(section->out, text);
}

static void topic_section(struct str *out, const char *heading, const char *name, const char *macro)
{
	const struct topic *topic = topic_find(name);
	str_add_format(out, "%s\n", heading);
	man_text(out, topic->text);
	BEGIN_LIST(out);
	topic->rows(section_row, &(struct section){out, macro});
	END_LIST(out);
}

static void exits(struct str *out)
{
	str_add(out, ".Sh EXIT STATUS\n");
	man_text(out, topic_find("exit-status")->text);
	BEGIN_LIST(out);
	for (const struct exit_status *status = exit_statuses; status->name; status++) {
		AUTO(memory) char *text = text_format("%s (%s)", status->meaning, status->name);
		str_add_format(out, ".It %d\n", status->code);
		man_sentence(out, text);
	}
	END_LIST(out);
}

static void see_also(struct str *out, const struct command *root)
{
	AUTO(strings) struct strings pages = {0};
	for (const struct command *const *sub = root->subcommands; *sub; sub++)
		if (!(*sub)->hidden)
			strings_add_taken(&pages, text_format("1 owctl-%s", (*sub)->name));
	man_refer(&pages, NULL);
	man_see_also(out, &pages);
}

static void root_page(struct str *out, const struct command *root)
{
	man_prologue(out, root->name, 1, root->summary);
	str_add(out, ".Sh SYNOPSIS\n.Nm owctl\n.Ar command\n.Op Ar option ..\n.Sh DESCRIPTION\n");
	man_text(out, root->description);
	command_list(out, root);
	str_add(out, ".Ss Options of every command\n");
	BEGIN_LIST(out);
	for (const struct option *each = global_options; each->name; each++)
		option(out, each);
	END_LIST(out);
	topic_section(out, ".Ss Where the database is", "database", "It Cm");
	topic_section(out, ".Ss What is printed", "output", "It Cm");
	topic_section(out, ".Ss Schedules and pipelines", "schedules", "It Cm");
	topic_section(out, ".Sh ENVIRONMENT", "environment", "It Ev");
	exits(out);
	str_add(out, ".Sh EXAMPLES\n");
	examples(out, root, "");
	see_also(out, root);
}

void man_write(struct str *out, const struct command *command, const char *path)
{
	if (*path)
		group_page(out, command, path);
	else
		root_page(out, command);
}
