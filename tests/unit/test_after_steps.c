/* Which statements that make indexes and keys run beside each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/after_steps.h"

#define CLEAN __attribute__((unused)) void **state

static void assert_texts(const struct strings *found, const char *const *wanted)
{
	size_t count = 0;
	for (; wanted[count]; count++) {
		assert_true(count < found->count);
		assert_string_equal(found->items[count], wanted[count]);
	}
	assert_int_equal(found->count, count);
}

static void assert_steps(const char *script, const char *const *indexes, const char *const *keys, const char *rest)
{
	struct after_steps steps = {0};
	after_steps_read(script, &steps);
	assert_texts(&steps.indexes, indexes);
	assert_texts(&steps.keys, keys);
	assert_string_equal(steps.rest, rest);
	after_steps_cleanup(&steps);
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE ((const char *const[]){NULL})
#define INDEX(name, of) "CREATE INDEX " name " ON t (" of ");\n"
#define KEY(table, name, what) "ALTER TABLE " table " ADD CONSTRAINT " name " " what ";\n"

static void test_each_kind(CLEAN)
{
#define UNIQUE_INDEX "CREATE UNIQUE INDEX c ON t (d);\n"
#define OF_T KEY("t", "e", "PRIMARY KEY (f)") KEY("t", "g", "UNIQUE (h)")
#define OF_U KEY("u", "i", "CHECK ((j > 1))")
#define OF_V KEY("v", "k", "EXCLUDE USING gist (l WITH =)")
#define REST KEY("t", "m", "FOREIGN KEY (n) REFERENCES u(o)") "CREATE VIEW p AS\n SELECT 1;\n" INDEX("q", "r")
	assert_steps("", NONE, NONE, "");
	assert_steps(INDEX("a", "b") UNIQUE_INDEX OF_T OF_U OF_V REST, TEXTS(INDEX("a", "b"), UNIQUE_INDEX),
		     TEXTS(OF_T, OF_U, OF_V), REST);
}

static void test_ends_in_quotes_are_none(CLEAN)
{
	static const char *const each[] = {INDEX("a", "(b || 'it''s;\n')"), INDEX("\";\n'\"", "c"),
					   "CREATE INDEX d ON t (e) WHERE (f <> ';\n'::text);\n", NULL};
	char all[256] = "";
	for (size_t i = 0; each[i]; i++)
		strcat(all, each[i]);
	assert_steps(all, each, NONE, "");
}

static void test_names_are_not_taken_for_words(CLEAN)
{
#define FOREIGN KEY("\"a \"\" ADD CONSTRAINT b\"", "\"c PRIMARY KEY \"", "FOREIGN KEY (d) REFERENCES e(f)")
#define ONE KEY("\"a b\"", "c", "UNIQUE (d)")
#define OTHER KEY("\"a c\"", "c", "UNIQUE (d)")
	assert_steps(FOREIGN, NONE, NONE, FOREIGN);
	assert_steps(ONE OTHER, NONE, TEXTS(ONE, OTHER), "");
}

static void test_what_is_not_known_ends_it(CLEAN)
{
#define UNKNOWN "create index a on t (b);\n" INDEX("c", "d")
#define OPEN_TEXT INDEX("c", "'d")
#define OPEN_NAME KEY("t", "c", "UNIQUE (\"d)")
#define NO_END "ALTER TABLE t ADD CONSTRAINT a UNIQUE (b)"
	assert_steps(UNKNOWN, NONE, NONE, UNKNOWN);
	assert_steps(INDEX("a", "b") OPEN_TEXT, TEXTS(INDEX("a", "b")), NONE, OPEN_TEXT);
	assert_steps(NO_END, NONE, NONE, NO_END);
	assert_steps(KEY("t", "a", "UNIQUE (b)") OPEN_NAME, NONE, TEXTS(KEY("t", "a", "UNIQUE (b)")), OPEN_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind),
		cmocka_unit_test(test_ends_in_quotes_are_none),
		cmocka_unit_test(test_names_are_not_taken_for_words),
		cmocka_unit_test(test_what_is_not_known_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
