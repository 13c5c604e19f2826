/* Walks the real tree of commands: whatever is made from descriptors is only as good as they are. */
#include <ctype.h>

#include "sample.h"

#include "cli/habits.h"
#include "cli/lookup.h"
#include "cli/manual.h"

typedef void checker(const struct command *command, const char *path);

static void walk(const struct command *command, const char *path, checker *check)
{
	check(command, path);
	for (const struct command *const *sub = command->subcommands; sub && *sub; sub++) {
		AUTO(memory) char *below = text_format("%s%s%s", path, *path ? " " : "", (*sub)->name);
		walk(*sub, below, check);
	}
}

#define MUST(condition, path, ...)                                                    \
	do {                                                                          \
		if (!(condition)) {                                                   \
			AUTO(memory) char *why = text_format(__VA_ARGS__);            \
			fail_msg("owctl %s: %s", path, why);                          \
		}                                                                     \
	} while (0)

/* A clause as help prints it: lower case (or a name), no full stop at the end, printable ASCII as roff wants it. */
static void check_clause(const char *path, const char *what, const char *clause)
{
	MUST(clause && *clause, path, "%s has no text", what);
	MUST(!text_ends(clause, "."), path, "%s ends with a full stop: %s", what, clause);
	MUST(!isupper((unsigned char)clause[0]) || isupper((unsigned char)clause[1]) ||
	     strstr(clause, "Open WebUI") == clause,
	     path, "%s begins with a capital: %s", what, clause);
	for (const char *c = clause; *c; c++)
		MUST(isprint((unsigned char)*c), path, "%s has a byte that is not printable ASCII", what);
}

static void check_texts(const struct command *command, const char *path)
{
	check_clause(path, "summary", command->summary);
	MUST(command->description && *command->description, path, "no description");
	for (const char *c = command->description; *c; c++)
		MUST(isprint((unsigned char)*c) || *c == '\n', path, "the description is not printable ASCII");
	MUST(strlen(command->summary) <= 70, path, "the summary is longer than 70 characters");
}

static void check_shape(const struct command *command, const char *path)
{
	MUST(!command->run != !command->subcommands, path, "a command has either `run` or subcommands");
	MUST(command->size > 0 || (!command->options && !command->arguments), path, "no size of its values");
	MUST(command->run || (!command->options && !command->arguments && !command->columns), path,
	     "a group has options, arguments or columns");
	MUST(!command->run || command->hidden || command->examples, path, "no examples");
	for (const int *exit = command->exits; exit && *exit; exit++)
		MUST(exit_status_of(*exit)->code == *exit, path, "exit status %d is not in the table", *exit);
}

static void check_option(const struct command *command, const struct option *option, const char *path)
{
	AUTO(memory) char *what = text_format("--%s", option->name);
	check_clause(path, what, option->help);
	bool takes_value = option_takes_value(option);
	MUST(takes_value == (option->value_name != NULL), path, "%s: a value needs a name, a flag has none", what);
	bool choices = option->type == VALUE_CHOICE || option->type == VALUE_CHOICES;
	MUST(choices == (option->choices != NULL), path, "%s: choices go with VALUE_CHOICE and VALUE_CHOICES", what);
	MUST(!option->negatable || option->type == VALUE_FLAG, path, "%s: only flags are negatable", what);
	MUST(!option->required || !option->fallback, path, "%s: required, and has a default", what);
	MUST(option->type == VALUE_DURATION || option->smallest <= option->largest, path,
	     "%s: bounds are the wrong way round", what);
	MUST(!option->may_be_empty || option->type == VALUE_TEXT || option->type == VALUE_TEXTS, path,
	     "%s: only texts can be empty", what);
	MUST(!command || option->offset < command->size, path, "%s lies outside of the values", what);
	for (const char *const *choice = option->choices; choice && *choice; choice++)
		MUST(!strpbrk(*choice, " ,=\t"), path, "%s: a choice holds a separator: %s", what, *choice);
}

static void check_names(const struct command *command, const char *path)
{
	bool negated;
	for (const struct option *option = option_table(command, 0); option->name; option++) {
		MUST(strspn(option->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(option->name), path,
		     "--%s: lower case, digits and dashes", option->name);
		MUST(find_option(command, option->name, strlen(option->name), &negated) == option, path,
		     "--%s is there twice", option->name);
		MUST(!option->letter || find_letter(command, option->letter) == option, path, "-%c is there twice",
		     option->letter);
		for (const struct option *global = global_options; global->name; global++) {
			MUST(strcmp(global->name, option->name) != 0, path, "--%s is a global option", option->name);
			MUST(!option->letter || option->letter != global->letter, path, "-%c is a global option",
			     option->letter);
		}
	}
}

static void check_options(const struct command *command, const char *path)
{
	for (const struct option *option = option_table(command, 0); option->name; option++)
		check_option(command, option, path);
	check_names(command, path);
}

static void check_arguments(const struct command *command, const char *path)
{
	bool optional = false;
	size_t count = count_arguments(command);
	for (size_t i = 0; i < count; i++) {
		const struct argument *argument = &command->arguments[i];
		check_clause(path, argument->name, argument->help);
		MUST(!argument->required || !optional, path, "%s is required behind an optional one", argument->name);
		MUST(argument->type != VALUE_TEXTS || i + 1 == count, path, "%s repeats and is not the last",
		     argument->name);
		MUST((argument->type == VALUE_CHOICE) == (argument->choices != NULL), path, "%s: choices",
		     argument->name);
		MUST(argument->offset < command->size, path, "%s lies outside of the values", argument->name);
		optional |= !argument->required;
	}
}

static void check_columns(const struct command *command, const char *path)
{
	for (const struct column *column = command->columns; column && column->name; column++) {
		check_clause(path, column->name, column->help);
		MUST(strspn(column->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(column->name), path,
		     "column %s: lower case, digits and underscores", column->name);
		for (const struct column *other = command->columns; other < column; other++)
			MUST(strcmp(other->name, column->name) != 0, path, "column %s is there twice", column->name);
	}
}

/* Splits as a shell would, as far as examples go: single and double quotes; ends at |, < and >. */
static void split_example(const char *line, struct strings *words)
{
	AUTO(str) struct str word = {0};
	bool in_word = false;
	char quote = 0;
	for (; *line; line++) {
		if (!quote && !in_word && strchr("|<>&", *line))
			return;
		if (!quote && *line == ' ') {
			if (in_word)
				strings_add(words, str_text(&word));
			str_clear(&word);
			in_word = false;
			continue;
		}
		in_word = true;
		if (!quote && (*line == '\'' || *line == '"'))
			quote = *line;
		else if (quote && *line == quote)
			quote = 0;
		else
			str_add_char(&word, *line);
	}
	if (in_word)
		strings_add(words, str_text(&word));
}

static void check_example(const char *path, const struct example *example)
{
	AUTO(memory) char *lead = text_format("owctl%s%s", *path ? " " : "", path);
	const char *start = strstr(example->line, lead);
	MUST(start, path, "the example is of another command: %s", example->line);
	AUTO(strings) struct strings words = {0};
	split_example(start + strlen("owctl"), &words);
	AUTO(invocation) struct invocation invocation;
	AUTO(error) struct error *error = parse_command_line(&root_command, (int)words.count, words.items, &invocation);
	AUTO(memory) char *refusal = error ? error_text(error) : NULL;
	MUST(!error, path, "the example is not taken: %s: %s", example->line, refusal);
	MUST(invocation.command->run, path, "the example does nothing: %s", example->line);
}

static void check_examples(const struct command *command, const char *path)
{
	for (const struct example *example = command->examples; example && example->line; example++) {
		check_clause(path, "the meaning of an example", example->what);
		check_example(path, example);
	}
}

/* The generators take every command, and say what the descriptor says. */
static void check_made(const struct command *command, const char *path)
{
	AUTO(str) struct str help = {0};
	help_write(&help, command, path, 80);
	MUST(strstr(help.data, command->summary), path, "help without the summary");
	AUTO(str) struct str schema = {0};
	if (command->columns)
		schema_write(&schema, command, path);
	for (const struct column *column = command->columns; column && column->name; column++)
		MUST(strstr(schema.data, column->name), path, "no column %s in the schema", column->name);
}

static void check_refusal(const char *path, const char *last)
{
	AUTO(str) struct str line = {0};
	AUTO(strings) struct strings words = {0};
	str_add_format(&line, "%s %s", path, last);
	strings_split(&words, str_text(&line), ' ');
	AUTO(invocation) struct invocation invocation;
	AUTO(error) struct error *error = parse_command_line(&root_command, (int)words.count, words.items, &invocation);
	MUST(error && error->code == ERR_USAGE, path, "takes %s", last);
	MUST(error_hint_text(error), path, "refuses %s without a hint", last);
}

/* Whoever gives a wrong value is told of a right one. */
static void check_refusals(const struct command *command, const char *path)
{
	for (const struct option *option = option_table(command, 0); command->run && option->name; option++) {
		AUTO(memory) char *bare = text_format("--%s", option->name);
		AUTO(memory) char *wrong = text_format("--%s=wrong", option->name);
		bool any_text = option->type == VALUE_TEXT || option->type == VALUE_TEXTS;
		if (option_takes_value(option) && !option->alone)
			check_refusal(path, bare);
		if (!any_text)
			check_refusal(path, wrong);
	}
	for (size_t i = 0; i < count_arguments(command); i++)
		if (command->arguments[i].choices)
			check_refusal(path, "wrong");
	if (command->run && count_arguments(command) && command->arguments[0].required)
		check_refusal(path, "");
}

#define WALK(name)                                       \
	static void test_##name(void **state)            \
	{                                                \
		(void)state;                             \
		walk(&root_command, "", check_##name);   \
	}
WALK(texts)
WALK(shape)
WALK(options)
WALK(arguments)
WALK(columns)
WALK(examples)
WALK(made)
WALK(refusals)

static void test_globals(void **state)
{
	(void)state;
	for (const struct option *option = global_options; option->name; option++) {
		check_option(NULL, option, "");
		assert_true(option->offset < sizeof(struct globals));
	}
	check_names(&root_command, "");
}

static const struct command *group_of(const struct habit *habit)
{
	return strcmp(habit->group, root_command.name) ? find_subcommand(&root_command, habit->group) : &root_command;
}

/* Whether words that lead from a command end at one that can be run, or at a group. */
static bool leads_somewhere(const struct command *command, const char *line)
{
	AUTO(strings) struct strings words = {0};
	strings_split(&words, line, ' ');
	size_t i = 0;
	for (const struct command *next; i < words.count && (next = find_subcommand(command, words.items[i])); i++)
		command = next;
	for (; i < words.count; i++) {
		bool negated;
		const char *word = words.items[i];
		if (text_starts(word, "--") && !find_option(command, word + 2, strcspn(word + 2, "="), &negated))
			return false;
		if (!text_starts(word, "--") && !isupper((unsigned char)*word) &&
		    !text_starts(words.items[i - 1], "--"))
			return false;
	}
	return command != &root_command;
}

/* A habit whose answer is gone would send people nowhere; one for a word that is a command is never asked for. */
static void test_habits(void **state)
{
	(void)state;
	for (const struct habit *habit = command_habits; habit->word; habit++) {
		size_t answers = 0;
		for (const struct command *const *sub = root_command.subcommands; !habit->group && *sub; sub++)
			answers += (*sub)->subcommands && find_subcommand(*sub, habit->ours) != NULL &&
				   !find_subcommand(*sub, habit->word);
		if (habit->group)
			answers = leads_somewhere(group_of(habit), habit->ours) &&
				  !find_subcommand(group_of(habit), habit->word);
		MUST(answers, habit->word, "nobody is told of %s", habit->ours);
	}
	for (const struct habit *habit = explained_habits; habit->word; habit++)
		MUST(group_of(habit) && !find_subcommand(group_of(habit), habit->word), habit->word,
		     "why there is none is never told");
}

static void find_answer(const struct command *command, const struct habit *habit, size_t *answers)
{
	bool negated;
	const struct option *option = find_option(command, habit->ours, strlen(habit->ours), &negated);
	*answers += command->run && option && option_concerns(option, command) &&
		    !find_option(command, habit->word, strlen(habit->word), &negated);
	for (const struct command *const *sub = command->subcommands; sub && *sub; sub++)
		find_answer(*sub, habit, answers);
}

static void test_option_habits(void **state)
{
	(void)state;
	for (const struct habit *habit = option_habits; habit->word; habit++) {
		size_t answers = 0;
		find_answer(&root_command, habit, &answers);
		MUST(answers, habit->word, "nobody is told of --%s", habit->ours);
	}
	for (const struct habit *habit = elsewhere_habits; habit->word; habit++) {
		AUTO(strings) struct strings words = {0};
		strings_split(&words, habit->group, ' ');
		const struct command *command = find_subcommand(&root_command, words.items[0]);
		command = command ? find_subcommand(command, words.items[1]) : NULL;
		bool negated;
		MUST(command && !find_option(command, habit->word, strlen(habit->word), &negated) &&
			     leads_somewhere(&root_command, habit->ours),
		     habit->word, "nobody is told of %s", habit->ours);
	}
}

static void test_manuals(void **state)
{
	(void)state;
	for (const struct manual *manual = manuals; manual->name; manual++) {
		check_clause(manual->name, "summary", manual->summary);
		MUST(strlen(manual->summary) <= 70, manual->name, "the summary is longer than 70 characters");
		for (const char *const *group = manual->groups; *group; group++)
			MUST(find_subcommand(&root_command, *group), manual->name, "there is no group %s", *group);
	}
}

/* Each page that another one refers to is there. */
static void test_references(void **state)
{
	(void)state;
	AUTO(str) struct str list = {0};
	AUTO(strings) struct strings files = {0};
	man_list(&list, &root_command);
	strings_split(&files, str_text(&list), '\n');
	for (size_t i = 0; i < files.count; i++) {
		AUTO(str) struct str page = {0};
		AUTO(error) struct error *error = man_page(&page, &root_command, files.items[i]);
		assert_null(error);
		size_t references = 0;
		for (const char *at = page.data; (at = strstr(at, "\n.Xr ")); references++) {
			AUTO(strings) struct strings words = {0};
			AUTO(memory) char *line = text_copy_n(at + 1, strcspn(at + 1, "\n"));
			strings_split(&words, line, ' ');
			AUTO(memory) char *file = text_format("%s.%s", words.items[1], words.items[2]);
			MUST(strings_have(&files, file), files.items[i], "refers to %s", file);
			at++;
		}
		MUST(references, files.items[i], "refers to no other page");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),     cmocka_unit_test(test_shape),   cmocka_unit_test(test_options),
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_columns), cmocka_unit_test(test_examples),
		cmocka_unit_test(test_made), cmocka_unit_test(test_refusals),      cmocka_unit_test(test_globals),
		cmocka_unit_test(test_habits), cmocka_unit_test(test_option_habits),
		cmocka_unit_test(test_manuals), cmocka_unit_test(test_references),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
