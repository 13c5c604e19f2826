/* Lines of `owctl shell`, read and half typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "commands/shell/line.h"

static const struct {
	const char *text, *words, *filter, *program; /* words with | between them */
	int64_t every_ms;
} lines[] = {
	{"", "", NULL, NULL, 0},
	{"   ", "", NULL, NULL, 0},
	{"# a comment", "", NULL, NULL, 0},
	{"user list", "user|list", NULL, NULL, 0},
	{"\tuser   list  ", "user|list", NULL, NULL, 0},
	{"user list # with a comment", "user|list", NULL, NULL, 0},
	{"user show a#b", "user|show|a#b", NULL, NULL, 0},
	{"group add 'Night Shift' \"a b\"", "group|add|Night Shift|a b", NULL, NULL, 0},
	{"group show a'b'\"c\"d", "group|show|abcd", NULL, NULL, 0},
	{"group show ''", "group|show|", NULL, NULL, 0},
	{"group show 'a|b' \"c>d\" e\\|f", "group|show|a|b|c>d|e|f", NULL, NULL, 0},
	{"group show \"a\\\"b\\c\"", "group|show|a\"b\\c", NULL, NULL, 0},
	{"group show it\\'s", "group|show|it's", NULL, NULL, 0},
	{"group show a\\", "group|show|a\\", NULL, NULL, 0},
	{"group show 'a\\\\b\\'", "group|show|a\\\\b\\", NULL, NULL, 0},
	{"user list|grep x", "user|list", "grep x", NULL, 0},
	{"user list | grep 'a|b' | wc -l", "user|list", "grep 'a|b' | wc -l", NULL, 0},
	{"user list > 'a file'", "user|list", "cat > 'a file'", NULL, 0},
	{"user list >> log", "user|list", "cat >> log", NULL, 0},
	{"!date", "", NULL, "date", 0},
	{"  ! ls | wc", "", NULL, "ls | wc", 0},
	{"user list \\watch", "user|list", NULL, NULL, 2000},
	{"user list \\watch 0.5", "user|list", NULL, NULL, 500},
	{"user list \\watch 0.1", "user|list", NULL, NULL, 100},
	{"user list \\watch 86400", "user|list", NULL, NULL, 86400000},
	{"\\watch 3", "", NULL, NULL, 3000},
	{"\\q", "q", NULL, NULL, 0},
	{"user show \\watchman", "user|show|watchman", NULL, NULL, 0},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		AUTO(shell_line) struct shell_line line = {0};
		assert_null(shell_line_read(lines[i].text, &line));
		AUTO(memory) char *words = strings_join(&line.words, "|");
		assert_string_equal(words, lines[i].words);
		assert_true(text_equal(line.filter, lines[i].filter));
		assert_true(text_equal(line.program, lines[i].program));
		assert_int_equal(line.every_ms, lines[i].every_ms);
		assert_int_equal(line.watch, lines[i].every_ms != 0);
	}
}

static const struct {
	const char *text, *says;
} refused[] = {
	{"user show 'a", "quote"},
	{"user show \"a'", "quote"},
	{"user list; group list", "';'"},
	{"user list && group list", "'&'"},
	{"user import < file", "'<'"},
	{"user show $(x)", "'('"},
	{"user show `x`", "'`'"},
	{"user show x)", "')'"},
	{"| grep", "a command is missing"},
	{"user list |", "nothing follows '|'"},
	{"user list | | x", "nothing follows '|'"},
	{"user list >", "nothing follows '>'"},
	{"user list > a b", "more than the name of a file follows '>'"},
	{"!", "nothing follows '!'"},
	{"user list \\watch often", "seconds"},
	{"user list \\watch 0", "seconds"},
	{"user list \\watch 0.09", "seconds"},
	{"user list \\watch 86401", "seconds"},
	{"user list \\watch nan", "seconds"},
	{"user list \\watch 2 3", "seconds"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTO(shell_line) struct shell_line line = {0};
		struct error *error = shell_line_read(refused[i].text, &line);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_USAGE);
		assert_non_null(strstr(error->message, refused[i].says));
		assert_non_null(error_hint_text(error));
		error_free(error);
	}
}

static const struct {
	const char *text, *words;
	bool ours;
} typed[] = {
	{"", "", true},
	{"us", "us", true},
	{"user ", "user|", true},
	{"user show 'a b", "user|show|a b", true},
	{"user show 'a ", "user|show|a ", true},
	{"user show a\\ b", "user|show|a b", true},
	{"user list | gr", "user|list", false},
	{"user list > ", "user|list|", false},
	{"!ls ", "", false},
	{" ! ls ", "", false},
};

static void test_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		AUTO(strings) struct strings words = {0};
		assert_int_equal(shell_line_words(typed[i].text, strlen(typed[i].text), &words), typed[i].ours);
		AUTO(memory) char *joined = strings_join(&words, "|");
		if (typed[i].ours)
			assert_string_equal(joined, typed[i].words);
	}
}

/* What is completed is read again as it was meant, whatever quote was open. */
static void test_quoted(void **state)
{
	(void)state;
	static const char *const words[] = {"ada@example.org", "Night Shift", "it's", "a|b>c", "\"x\"", "back\\slash",
					    "#1", "$HOME `x`", "a;b&c"};
	static const char quotes[] = {'\0', '\'', '"'};
	for (size_t i = 0; i < COUNT(words) * COUNT(quotes); i++) {
		char quote = quotes[i % COUNT(quotes)], mark[] = {quote, '\0'};
		AUTO(memory) char *quoted = shell_line_quote(words[i / COUNT(quotes)], quote);
		AUTO(memory) char *text = text_format("%s%s%s", mark, quoted, mark);
		AUTO(shell_line) struct shell_line line = {0};
		assert_null(shell_line_read(text, &line));
		assert_int_equal(line.words.count, 1);
		assert_string_equal(line.words.items[0], words[i / COUNT(quotes)]);
		AUTO(memory) char *plain = shell_line_unquote(quoted, quote);
		assert_string_equal(plain, words[i / COUNT(quotes)]);
	}
	assert_null(shell_line_unquote("", 0));
	assert_null(shell_line_unquote("a b", 0));
}

static const struct {
	const char *text;
	bool secret;
} kept[] = {
	{"user list --role admin", false},
	{"user passwd ada@example.org", false},
	{"group add 'Night Shift' ada@example.org", false},
	{"profile add x --set DATABASE_URL=postgresql://owui@db/owui", false},
	{"profile add x --set DATABASE_URL=postgresql://owui:hunter2@db/owui", true},
	{"user list --database postgresql://owui:hunter2@db/owui", true},
	{"user list '--database=postgresql://owui:hunter2@db/owui'", true},
	{"profile add x --set WEBUI_SECRET_KEY=t0p", true},
	{"user list --database 'host=db password = hunter2'", true},
	{"user create ada@example.org --password hunter2", true},
	{"user create ada@example.org --password=hunter2", true},
	{"user create ada@example.org --password-file secret", false},
	{"backup restore latest --identity AGE-SECRET-KEY-1QQ", true},
	{"!date", false},
	{"!curl -H 'Authorization: Bearer abc' http://x", true},
	{"profile add x --set\tWEBUI_SECRET_KEY=t0p", true},
	{"user list | tool --token abc", true},
	{"!tool --password abc", true},
	{"!tool --secret abc", true},
	{"!tool --api-key abc", true},
	{"!tool --apikey abc", true},
	{"!API_KEY=abc tool", true},
	{"user list | grep ada", false},
};

static void test_secrets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kept); i++)
		assert_int_equal(shell_line_has_secret(kept[i].text), kept[i].secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_refused), cmocka_unit_test(test_typed),
		cmocka_unit_test(test_quoted), cmocka_unit_test(test_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
