/* Environment files, as python-dotenv reads them; tests/real/test_settings.py compares with the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/str.h"
#include "settings/envfile.h"

#define CLEAN __attribute__((unused)) void **state

/* "NAME=VALUE@LINE|.." of what was read. */
static char *shown(const struct env_file *file)
{
	struct str out = {0};
	for (size_t i = 0; i < file->count; i++)
		str_add_format(&out, "%s%s=%s@%u", i ? "|" : "", file->lines[i].name, file->lines[i].value,
			       file->lines[i].line);
	return str_take(&out);
}

static const struct {
	const char *text, *read;
} good[] = {
	{"", ""},
	{"\n\n  \n", ""},
	{"# comment\n  # another\nA=1\n", "A=1@3"},
	{"A=1", "A=1@1"},
	{"A=1\r\nB=2\r\n", "A=1@1|B=2@2"},
	{"A=1\rB=2", "A=1@1|B=2@2"},
	{"\xef\xbb\xbf" "A=1", "A=1@1"},
	{"export A=1\nexport\tB=2\nexportC=3", "A=1@1|B=2@2|exportC=3@3"},
	{"  A = 1  \n", "A=1@1"},
	{"A=x=y==\n", "A=x=y==@1"},
	{"A=\nB=  \nC=''\nD=\"\"", "A=@1|B=@2|C=@3|D=@4"},
	{"A=a b  c # comment\nB=a#b\nC=#x\nD= # c", "A=a b  c@1|B=a#b@2|C=#x@3|D=@4"},
	{"A=a\t#b", "A=a@1"},
	{"A='a # b' # c\nB=\"a # b\"# c", "A=a # b@1|B=a # b@2"},
	{"A='it\\'s' \nB='a\\nb\\\\c'", "A=it's@1|B=a\\nb\\c@2"},
	{"A=\"a\\tb\\\"c\\\\d\\'e\\q\"", "A=a\tb\"c\\d'e\\q@1"},
	{"A=\"a\\a\\b\\f\\n\\r\\v\"", "A=a\a\b\f\n\r\v@1"},
	{"A=\"one\ntwo\"\nB=3", "A=one\ntwo@1|B=3@3"},
	{"A='one\r\ntwo\rthree'\nB=3", "A=one\r\ntwo\rthree@1|B=3@4"},
	{"A=\"x\\\\\"\nB=1", "A=x\\@1|B=1@2"},
	{"A=a'b\"c", "A=a'b\"c@1"},
	{"A=\\n", "A=\\n@1"},
	{"A\nB #c\nC=1", "C=1@3"},
	{"A=1\nA=2", "A=1@1|A=2@2"},
	{"A.B-C=1", "A.B-C=1@1"},
	{"A=\xc3\xa4", "A=\xc3\xa4@1"},
	{"DATABASE_URL=postgresql://u:p#w@h/n?a=b", "DATABASE_URL=postgresql://u:p#w@h/n?a=b@1"},
};

static void reads(CLEAN)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		AUTO(env_file) struct env_file file = {0};
		assert_null(envfile_parse("x.env", good[i].text, strlen(good[i].text), &file));
		AUTO(memory) char *text = shown(&file);
		assert_string_equal(text, good[i].read);
	}
}

static const struct {
	const char *text;
	size_t size; /* 0: strlen */
	const char *message;
} bad[] = {
	{"A=1\nB c=2\n", 0, "x.env:2: no \"=\" behind the name"},
	{"=1", 0, "x.env:1: no name in front of the value"},
	{"\n'A'=1", 0, "x.env:2: no name in front of the value"},
	{"A=1\n\nB=\"open\nmore\n", 0, "x.env:3: the quote that opens the value is never closed"},
	{"A='x\\'", 0, "x.env:1: the quote that opens the value is never closed"},
	{"A=\"x\ny\"z", 0, "x.env:2: text behind the closing quote"},
	{"A=1\nB=\0", 8, "x.env:2: a NUL byte"},
	{"A=1\nB=2\nC=\xff", 0, "x.env:3: not UTF-8"},
	{"A\x01=1", 0, "x.env:1: a control character in a name"},
};

static void refuses(CLEAN)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(env_file) struct env_file file = {0};
		size_t size = bad[i].size ? bad[i].size : strlen(bad[i].text);
		AUTO(error) struct error *error = envfile_parse("x.env", bad[i].text, size, &file);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_SETTINGS);
		assert_non_null(error_hint_text(error));
		AUTO(memory) char *text = error_text(error);
		assert_string_equal(text, bad[i].message);
		assert_int_equal(file.count, 0);
	}
}

/* Twenty doublings of 60 bytes are 60 MB; a file of 1 MB could hold thousands. */
static void references_are_bounded(CLEAN)
{
	AUTO(str) struct str text = {0};
	str_add(&text, "A=0123456789012345678901234567890123456789\n");
	for (int i = 0; i < 20; i++)
		str_add(&text, "A=${A}${A}\n");
	AUTO(env_file) struct env_file file = {0};
	assert_null(envfile_parse("x.env", text.data, text.size, &file));
	AUTO(error) struct error *error = envfile_expand("x.env", &file, NULL);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_SETTINGS);
	assert_string_equal(error->message,
			    "x.env:15: with the values of its references the file grows beyond 1048576 bytes");
	assert_non_null(error->hint);
}

/* A million bytes of names and as many references: a search through all lines for each would take an hour. */
static void many_references_are_quick(CLEAN)
{
	AUTO(str) struct str text = {0};
	for (int i = 0; i < 40000; i++)
		str_add_format(&text, "N%d=${N%d}\n", i, i / 2);
	AUTO(env_file) struct env_file file = {0};
	assert_null(envfile_parse("x.env", text.data, text.size, &file));
	char given[] = "N0=v", later[] = "N0=other";
	char *const environment[] = {given, later, NULL};
	int64_t before = clock_monotonic_ms();
	assert_null(envfile_expand("x.env", &file, environment));
	assert_true(clock_monotonic_ms() - before < 3000);
	assert_string_equal(file.lines[39999].value, "v");
}

/* "${" a half million times: a search for the end from each would take minutes. */
static void references_without_an_end_are_quick(CLEAN)
{
	static const char *const beginnings[] = {"${", "${a:", "${:-"}, *const ends[] = {"", "}", "}x"};
	for (size_t i = 0; i < 9; i++) {
		AUTO(str) struct str text = {0};
		str_add(&text, "A='");
		if (i % 3 == 2)
			str_add(&text, "${B:-}");
		while (text.size < 1040000)
			str_add(&text, beginnings[i / 3]);
		str_add_format(&text, "%s'\n", ends[i % 3]);
		AUTO(env_file) struct env_file file = {0};
		assert_null(envfile_parse("x.env", text.data, text.size, &file));
		int64_t before = clock_monotonic_ms();
		assert_null(envfile_expand("x.env", &file, NULL));
		if (clock_monotonic_ms() - before > 3000)
			fail_msg("%s..%s takes too long", beginnings[i / 3], ends[i % 3]);
	}
}

static void of_a_file(CLEAN)
{
	char path[] = "/tmp/owctl-test-envfile-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "A=1\n", 4), 4);
	AUTO(env_file) struct env_file file = {0};
	assert_null(envfile_read(path, &file));
	assert_int_equal(file.count, 1);
	assert_int_equal(ftruncate(fd, 1024 * 1024 + 1), 0);
	AUTO(env_file) struct env_file none = {0};
	AUTO(error) struct error *large = envfile_read(path, &none);
	assert_non_null(large);
	assert_int_equal(large->code, ERR_SETTINGS);
	assert_non_null(strstr(large->message, "is larger than 1048576 bytes"));
	close(fd);
	unlink(path);
	AUTO(error) struct error *missing = envfile_read(path, &none);
	assert_int_equal(missing->code, ERR_SETTINGS);
	AUTO(error) struct error *folder = envfile_read("/", &none);
	assert_int_equal(folder->code, ERR_SETTINGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(references_are_bounded),
		cmocka_unit_test(many_references_are_quick),
		cmocka_unit_test(references_without_an_end_are_quick),
		cmocka_unit_test(of_a_file),
	};
	return cmocka_run_group_tests_name("envfile", tests, NULL, NULL);
}
