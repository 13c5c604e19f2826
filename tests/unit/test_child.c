/* Other programs: what they print line by line, what they answer, and how they end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"
#include "base/memory.h"

static void join_lines(void *state, const char *text)
{
	str_add_format(state, "<%s>", text);
}

/* The lines and the answer of a shell script, and what is said of its end. */
static void assert_run(const char *script, const char *lines, const char *answer, const char *failure)
{
	AUTO(str) struct str heard = {0};
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, text_copy(script), NULL};
	AUTO(child_run) struct child_run run = {
		.words = words, .environment = environ, .line = join_lines, .state = &heard};
	assert_null(child_run(&run));
	AUTO(memory) char *end = child_failure(run.status);
	assert_string_equal(str_text(&heard), lines);
	assert_string_equal(str_text(&run.answer), answer);
	if (failure)
		assert_string_equal(end, failure);
	else
		assert_null(end);
	free(words[2]);
}

static void test_lines_and_answers(void **state)
{
	(void)state;
	assert_run("echo one; echo two >&2; printf 'three\\r\\n\\nfour'; echo told >&3",
		   "<one><two><three><four>", "told\n", NULL);
	assert_run(":", "", "", NULL);
	assert_run("printf 'a\\0b\\n'", "<ab>", "", NULL);
}

static void test_long_lines_come_in_parts(void **state)
{
	(void)state;
	AUTO(str) struct str heard = {0};
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"head -c 10000 /dev/zero | tr '\\0' x"}, NULL};
	AUTO(child_run) struct child_run run = {
		.words = words, .environment = environ, .line = join_lines, .state = &heard};
	assert_null(child_run(&run));
	size_t parts = 0;
	for (size_t i = 0; i < heard.size; i++)
		parts += heard.data[i] == '<';
	assert_int_equal(parts, 3);
	assert_int_equal(heard.size, 10000 + 2 * parts);
}

/* None of them is cut in two where a part ends, wherever that is. */
static void test_secrets_are_not_shown_in_halves(void **state)
{
	(void)state;
	char *items[] = {(char[]){"sesame-sesame"}, (char[]){"x-"}, NULL};
	const struct strings secrets = {.items = items, .count = 2};
	for (int before = 4075; before <= 4100; before++) {
		AUTO(str) struct str heard = {0};
		AUTO(memory) char *script = text_format("head -c %d /dev/zero | tr '\\0' .; printf sesame-sesame;"
							"head -c 8192 /dev/zero | tr '\\0' +", before);
		char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, script, NULL};
		AUTO(child_run) struct child_run run = {.words = words, .environment = environ, .line = join_lines,
							.state = &heard, .secrets = &secrets};
		assert_null(child_run(&run));
		assert_null(strstr(str_text(&heard), "ses"));
		assert_null(strstr(str_text(&heard), "ame"));
		assert_non_null(strstr(str_text(&heard), "***"));
	}
}

static void test_ends(void **state)
{
	(void)state;
	assert_run("exit 3", "", "", "failed with exit status 3");
	assert_run("echo last; kill -9 $$", "<last>", "", "was ended by signal 9");
}

/* What it leaves behind with its output open is not waited for. */
static void test_what_it_leaves_behind(void **state)
{
	(void)state;
	assert_run("sleep 5 & echo done", "<done>", "", NULL);
}

/* Neither is what goes on writing, out of reach of a signal to its group; all that the child itself wrote is there. */
static void test_what_it_leaves_behind_writes_on(void **state)
{
	(void)state;
	AUTO(str) struct str heard = {0};
	char script[] = "echo first; setsid sh -c 'yes & yes & yes & yes' & sleep .2; echo told >&3";
	char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, script, NULL};
	AUTO(child_run) struct child_run run = {
		.words = words, .environment = environ, .line = join_lines, .state = &heard};
	alarm(60); /* all unit tests run at once */
	assert_null(child_run(&run));
	alarm(0);
	assert_memory_equal(str_text(&heard), "<first>", strlen("<first>"));
	assert_string_equal(str_text(&run.answer), "told\n");
}

static bool count_down(void *state)
{
	int *left = state;
	return --*left > 0;
}

static void ignore_line(void *state, const char *text)
{
	(void)state;
	(void)text;
}

/* Asked three times, then told to stop: by SIGINT, which a shell dies of. */
static void test_is_told_to_stop_when_nobody_wants_it_any_more(void **state)
{
	(void)state;
	int left = 3;
	char *const words[] = {(char[]){"sleep"}, (char[]){"30"}, NULL};
	AUTO(child_run) struct child_run run = {.words = words, .environment = environ, .line = ignore_line,
						.state = &left, .go_on = count_down, .every_ms = 20};
	signal(SIGINT, SIG_IGN); /* as in the background of a script */
	alarm(60); /* all unit tests run at once */
	assert_null(child_run(&run));
	alarm(0);
	signal(SIGINT, SIG_DFL);
	assert_int_equal(left, 0);
	AUTO(memory) char *end = child_failure(run.status);
	assert_string_equal(end, "was ended by signal 2");
}

/* `whole` ends also what is left behind: it holds the writing end of a pipe, which then has none. */
static void test_what_it_leaves_behind_is_ended_with_it(void **state)
{
	(void)state;
	for (int whole = 0; whole <= 1; whole++) {
		int ends[2];
		char byte;
		assert_int_equal(pipe(ends), 0);
		AUTO(memory) char *script = text_format("(sleep 2; echo late >&%d) & exec %d>&-", ends[1], ends[1]);
		char *const words[] = {(char[]){"sh"}, (char[]){"-c"}, script, NULL};
		AUTO(child_run) struct child_run run = {
			.words = words, .environment = environ, .line = ignore_line, .whole = whole};
		assert_null(child_run(&run));
		close(ends[1]);
		assert_int_equal(read(ends[0], &byte, 1), whole ? 0 : 1);
		close(ends[0]);
	}
}

static void test_program_that_is_not_there(void **state)
{
	(void)state;
	char *const words[] = {(char[]){"/nowhere/program"}, NULL};
	AUTO(child_run) struct child_run run = {.words = words, .environment = environ, .line = join_lines};
	struct error *error = child_run(&run);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_SETTINGS);
	assert_non_null(strstr(error->message, "/nowhere/program"));
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_and_answers),
		cmocka_unit_test(test_long_lines_come_in_parts),
		cmocka_unit_test(test_secrets_are_not_shown_in_halves),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_what_it_leaves_behind),
		cmocka_unit_test(test_what_it_leaves_behind_writes_on),
		cmocka_unit_test(test_is_told_to_stop_when_nobody_wants_it_any_more),
		cmocka_unit_test(test_what_it_leaves_behind_is_ended_with_it),
		cmocka_unit_test(test_program_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
