/* What PostgreSQL's SQLSTATEs mean to owctl: the exit status, and whether there is a hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/postgresql/postgresql.h"

#define CLEAN __attribute__((unused)) void **state

static const struct {
	const char *state;
	enum error_code code;
	bool hint;
} expected[] = {
	{"08006", ERR_UNREACHABLE, false}, {"08P01", ERR_SETTINGS, true},    {"57P01", ERR_UNREACHABLE, true},
	{"57P02", ERR_UNREACHABLE, true},  {"57P03", ERR_UNREACHABLE, true}, {"57014", ERR_BUSY, true},
	{"28000", ERR_PERMISSION, true},   {"28P01", ERR_PERMISSION, true},  {"42501", ERR_PERMISSION, true},
	{"25006", ERR_PERMISSION, true},   {"55P03", ERR_BUSY, true},	     {"40001", ERR_BUSY, true},
	{"40P01", ERR_BUSY, true},	   {"53300", ERR_BUSY, true},	     {"23505", ERR_INPUT, false},
	{"23503", ERR_INPUT, false},	   {"22P02", ERR_INPUT, false},	     {"22021", ERR_INPUT, false},
	{"3D000", ERR_SETTINGS, true},	   {"3F000", ERR_SETTINGS, true},    {"53100", ERR_FAILED, true},
	{"42P01", ERR_FAILED, false},	   {"42P07", ERR_INPUT, false},	     {"25P03", ERR_BUSY, true},
	{"42601", ERR_FAILED, false},	   {"P0001", ERR_FAILED, false},
	{"", ERR_FAILED, false},
};

static void each_state(CLEAN)
{
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct pg_meaning *meaning = pg_meaning_of(expected[i].state);
		assert_int_equal(meaning->code, expected[i].code);
		assert_int_equal(meaning->hint != NULL, expected[i].hint);
	}
}

static void a_state_of_its_own_has_its_own_hint(CLEAN)
{
	assert_ptr_not_equal(pg_meaning_of("57P03")->hint, pg_meaning_of("57P01")->hint);
	assert_ptr_not_equal(pg_meaning_of("28P01")->hint, pg_meaning_of("28000")->hint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state),
		cmocka_unit_test(a_state_of_its_own_has_its_own_hint),
	};
	return cmocka_run_group_tests_name("sqlstate", tests, NULL, NULL);
}
