/* Help on the terminal. What people look for comes first: the usage, the commands that there are, examples to copy. */
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/describe.h"
#include "cli/lookup.h"
#include "cli/manual.h"
#include "cli/run.h"
#include "cli/screen.h"
#include "cli/topics.h"

#define WIDEST_TERM 28

struct page {
	struct str *out;
	size_t width;
};

static void title(struct page *page, const char *text)
{
	str_add_format(page->out, "\n%s:\n", text);
}

static void entry(struct page *page, const char *term, size_t widest, const char *text)
{
	screen_entry(page->out, term, widest, text, page->width);
}

static size_t wider(size_t widest, size_t size)
{
	return size > widest && size <= WIDEST_TERM ? size : widest;
}

static char *option_term(const struct option *option)
{
	AUTO(memory) char *letter = option->letter ? text_format("-%c, ", option->letter) : text_copy("    ");
	if (option->alone)
		return text_format("%s--%s[=%s]", letter, option->name, option->value_name);
	return text_format("%s--%s%s%s", letter, option->name, option->value_name ? " " : "",
			   option->value_name ? option->value_name : "");
}

static bool shown(const struct option *option, const struct command *command, bool global, bool all)
{
	if (option->hidden)
		return false;
	/* Which installation, and how loud: the same everywhere, and told at the root. */
	bool special = option->scope == FOR_DATA || option->scope == FOR_CHANGES;
	return !global || all || (special && option_concerns(option, command));
}

static size_t widest_option(const struct command *command, int table, bool all)
{
	size_t widest = 0;
	for (const struct option *option = option_table(command, table); option->name; option++) {
		AUTO(memory) char *term = option_term(option);
		if (shown(option, command, table == 1, all))
			widest = wider(widest, strlen(term));
	}
	return widest;
}

static void options(struct page *page, const struct command *command, int table, bool all, size_t widest)
{
	for (const struct option *option = option_table(command, table); option->name; option++) {
		if (!shown(option, command, table == 1, all))
			continue;
		AUTO(memory) char *term = option_term(option);
		AUTO(str) struct str text = {0};
		describe_option(&text, option);
		entry(page, term, widest, str_text(&text));
	}
}

static void list_topics(struct page *page)
{
	size_t widest = 0;
	title(page, "Topics");
	for (const struct topic *topic = topics; topic->name; topic++)
		widest = wider(widest, strlen(topic->name));
	for (const struct topic *topic = topics; topic->name; topic++)
		entry(page, topic->name, widest, topic->summary);
}

static void list_manuals(struct page *page)
{
	AUTO(strings) struct strings names = {0};
	size_t widest = 0;
	title(page, "Manual pages besides owctl(1) and owctl-COMMAND(1)");
	for (const struct manual *manual = manuals; manual->name; manual++) {
		strings_add_taken(&names, text_format("%s(%d)", manual->name, manual->section));
		widest = wider(widest, strlen(names.items[names.count - 1]));
	}
	for (size_t i = 0; i < names.count; i++)
		entry(page, names.items[i], widest, manuals[i].summary);
}

static void subcommands(struct page *page, const struct command *command)
{
	size_t widest = 0;
	title(page, "Commands");
	for (const struct command *const *sub = command->subcommands; *sub; sub++)
		if (!(*sub)->hidden)
			widest = wider(widest, strlen((*sub)->name));
	for (const struct command *const *sub = command->subcommands; *sub; sub++)
		if (!(*sub)->hidden)
			entry(page, (*sub)->name, widest, (*sub)->summary);
}

static void example(struct page *page, const struct example *example)
{
	str_add_format(page->out, "  %s\n      ", example->line);
	screen_wrap(page->out, example->what, 6, page->width);
	str_add_char(page->out, '\n');
}

/* A group without examples of its own borrows the first one of each of its commands. */
static void examples(struct page *page, const struct command *command)
{
	if (command->examples || command->subcommands)
		title(page, "Examples");
	for (const struct example *own = command->examples; own && own->line; own++)
		example(page, own);
	for (const struct command *const *sub = command->subcommands; !command->examples && sub && *sub; sub++)
		if ((*sub)->examples && !(*sub)->hidden)
			example(page, (*sub)->examples);
}

static void arguments(struct page *page, const struct command *command)
{
	size_t widest = 0, count = count_arguments(command);
	if (!count)
		return;
	title(page, "Arguments");
	for (size_t i = 0; i < count; i++)
		widest = wider(widest, strlen(command->arguments[i].name));
	for (size_t i = 0; i < count; i++) {
		AUTO(str) struct str text = {0};
		describe_argument(&text, &command->arguments[i]);
		entry(page, command->arguments[i].name, widest, str_text(&text));
	}
}

static void columns(struct page *page, const struct command *command)
{
	size_t widest = 0;
	if (!command->columns)
		return;
	title(page, "Columns of the output");
	for (const struct column *column = command->columns; column->name; column++)
		widest = wider(widest, strlen(column->name));
	for (const struct column *column = command->columns; column->name; column++) {
		AUTO(memory) char *text =
			text_format("%s%s", column->help, column->extra ? " (in a table only with --columns)" : "");
		entry(page, column->name, widest, text);
	}
}

static void exit_status(const struct exit_status *status, void *data)
{
	AUTO(memory) char *code = text_format("%3d", status->code);
	entry(data, code, strlen(code), status->meaning);
}

static void heading(struct page *page, const struct command *command, const char *path)
{
	AUTO(memory) char *name = text_format("owctl%s%s", *path ? " " : "", path);
	str_add_format(page->out, "%s - %s\n\nUsage: %s ", name, command->summary, name);
	describe_usage(page->out, command);
	str_add_char(page->out, '\n');
}

static void description(struct page *page, const struct command *command)
{
	str_add_char(page->out, '\n');
	screen_wrap(page->out, command->description, 0, page->width);
	str_add_char(page->out, '\n');
}

static void footer(struct page *page, const struct command *command, const char *path)
{
	str_add_char(page->out, '\n');
	if (!*path)
		str_add(page->out, "'owctl help COMMAND' explains a command, 'owctl help TOPIC' a topic.\n");
	else if (command->subcommands)
		str_add_format(page->out, "'owctl help %s COMMAND' explains a command.\n", path);
	else if (command->standalone)
		str_add(page->out, "'owctl --help' shows the options that every command takes.\n");
	else
		str_add(page->out,
			"More options, the same for every command (--database, --profile, -q, ..): owctl --help\n");
}

void help_write(struct str *out, const struct command *command, const char *path, size_t width)
{
	struct page page = {.out = out, .width = width};
	heading(&page, command, path);
	if (command->subcommands)
		subcommands(&page, command);
	examples(&page, command);
	description(&page, command);
	arguments(&page, command);
	size_t widest = wider(widest_option(command, 0, false), widest_option(command, 1, false));
	if (widest) {
		title(&page, "Options");
		options(&page, command, 0, false, widest);
		options(&page, command, 1, false, widest);
	}
	columns(&page, command);
	if (!*path) {
		title(&page, "Options of every command");
		options(&page, command, 1, true, widest_option(command, 1, true));
		list_topics(&page);
		list_manuals(&page);
	}
	if (command->run) {
		title(&page, "Exit status");
		each_exit_status(command, exit_status, &page);
	}
	footer(&page, command, path);
}

void help_write_commands(struct str *out, const struct command *group, size_t width)
{
	subcommands(&(struct page){.out = out, .width = width}, group);
}

void help_write_short(struct str *out, const struct command *group, const char *path, size_t width)
{
	struct page page = {.out = out, .width = width};
	heading(&page, group, path);
	subcommands(&page, group);
	footer(&page, group, path);
}
