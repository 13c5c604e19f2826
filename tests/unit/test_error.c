/* Errors: causes, hints and codes on their way up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "base/error.h"
#include "base/memory.h"

static fallible fails(void)
{
	return error_hint(error_new(ERR_BUSY, "row %d", 3), "try again");
}

static void test_text_hint_and_code(void **state)
{
	(void)state;
	AUTO(error) struct error *error =
		error_wrap(error_hint(error_wrap(fails(), "inner"), "too late"), "outer %s", "x");
	AUTO(memory) char *text = error_text(error);
	assert_string_equal(text, "outer x: inner: row 3");
	assert_string_equal(error_hint_text(error), "try again");
	assert_int_equal(error->code, ERR_BUSY);
}

static void test_nothing_stays_nothing(void **state)
{
	(void)state;
	assert_null(error_wrap(NULL, "x"));
	assert_null(error_hint(NULL, "x"));
	error_free(NULL);
}

static fallible passes_on(int *reached)
{
	TRY(NULL);
	*reached = 1;
	TRY(fails());
	*reached = 2;
	return NULL;
}

static void test_more_of_a_hint(void **state)
{
	(void)state;
	AUTO(error) struct error *error = error_hint_also(error_wrap(fails(), "outer"), "%s stays", "it");
	assert_string_equal(error_hint_text(error), "try again; it stays");
	AUTO(error) struct error *plain = error_hint_also(error_new(ERR_FAILED, "x"), "it stays");
	assert_string_equal(error_hint_text(plain), "it stays");
	assert_null(error_hint_also(NULL, "x"));
}

static void test_try(void **state)
{
	(void)state;
	int reached = 0;
	AUTO(error) struct error *error = passes_on(&reached);
	assert_non_null(error);
	assert_int_equal(reached, 1);
}

static void test_system(void **state)
{
	(void)state;
	static const struct {
		int errnum;
		enum error_code code;
	} codes[] = {{EACCES, ERR_PERMISSION}, {EPERM, ERR_PERMISSION}, {EROFS, ERR_PERMISSION},
		     {ENOENT, ERR_FAILED}, {ENOSPC, ERR_FAILED}};
	for (size_t i = 0; i < COUNT(codes); i++) {
		AUTO(error) struct error *error = error_system(codes[i].errnum, "cannot open %s", "f");
		AUTO(memory) char *text = error_text(error);
		AUTO(memory) char *expected = text_format("cannot open f: %s", strerrordesc_np(codes[i].errnum));
		assert_string_equal(text, expected);
		assert_int_equal(error->code, codes[i].code);
		assert_null(error_hint_text(error));
	}
}

static void test_table(void **state)
{
	(void)state;
	for (const struct exit_status *status = exit_statuses; status->name; status++) {
		assert_ptr_equal(exit_status_of(status->code), status);
		assert_true(*status->meaning);
		assert_true(!status[1].name || status[1].code > status->code);
	}
	assert_string_equal(exit_status_of(77)->name, "permission");
	assert_string_equal(exit_status_of(999)->name, "failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_hint_and_code), cmocka_unit_test(test_nothing_stays_nothing),
		cmocka_unit_test(test_more_of_a_hint), cmocka_unit_test(test_try), cmocka_unit_test(test_system),
		cmocka_unit_test(test_table),
	};
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
