/* Releases, revisions, and what the tables have at each: the line is whole, and the descriptions speak of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "openwebui/release.h"
#include "openwebui/revision.h"
#include "openwebui/schema.h"

static void test_the_line_of_revisions(void **state)
{
	(void)state;
	int count = revision_count();
	assert_true(count >= 66);
	assert_null(revision_at(0));
	assert_null(revision_at(-1));
	assert_null(revision_at(count + 1));
	for (int ordinal = 1; ordinal <= count; ordinal++) {
		const struct revision *revision = revision_at(ordinal);
		assert_int_equal(revision->ordinal, ordinal);
		assert_int_equal(strlen(revision->id), 12);
		assert_ptr_equal(revision_find(revision->id), revision); /* so no id stands twice */
	}
	assert_ptr_equal(revision_head(), revision_at(count));
	assert_null(revision_find(""));
	assert_null(revision_find("ffffffffffff"));
	assert_null(revision_find("0bd252b206f"));
}

static void test_releases_follow_the_line(void **state)
{
	(void)state;
	const struct release *before = NULL, *release;
	for (int i = 0; (release = release_at(i)); i++, before = release) {
		const struct revision *head = revision_find(release->head);
		assert_non_null(head);
		assert_true(!before || revision_find(before->head)->ordinal <= head->ordinal);
		assert_ptr_equal(release_find(release->version), release);
		const struct release *first, *last;
		assert_true(release_span(release->head, &first, &last));
		assert_true(first <= release && release <= last);
	}
	assert_ptr_equal(release_latest(), before);
	assert_string_equal(release_latest()->head, revision_head()->id);
	assert_null(release_find("99.1"));
	assert_ptr_equal(release_find("v0.12.4"), release_find("0.12.4")); /* as its tag is called */
	assert_null(release_find("vv0.12.4"));
	assert_null(release_find("v"));
	const struct release *first, *last;
	assert_false(release_span("ffffffffffff", &first, &last));
	assert_null(first);
	assert_null(last);
}

static const struct revision *of(const char *version)
{
	return revision_find(release_find(version)->head);
}

/* As the models of the releases themselves have it. */
static void test_what_is_there(void **state)
{
	(void)state;
	assert_true(schema_has(of("0.12.4"), "auth", "session_stamp"));
	assert_false(schema_has(of("0.11.4"), "auth", "session_stamp"));
	assert_false(schema_has(of("0.6.43"), "auth", "session_stamp"));
	assert_true(schema_has(of("0.6.43"), "auth", "password"));
	assert_true(schema_has_table(of("0.12.4"), "access_grant"));
	assert_false(schema_has_table(of("0.6.43"), "access_grant"));
	assert_true(schema_has(of("0.12.4"), "group", "parent_group_id"));
	assert_false(schema_has(of("0.11.4"), "group", "parent_group_id"));
	assert_true(schema_has(of("0.10.2"), "config", "key") && !schema_has(of("0.10.2"), "config", "data"));
	assert_true(schema_has(of("0.8.12"), "config", "data") && !schema_has(of("0.8.12"), "config", "key"));
	assert_false(schema_ends_sessions_in_redis(of("0.8.12")));
	assert_true(schema_ends_sessions_in_redis(of("0.10.2")));
}

static void test_reaching(void **state)
{
	(void)state;
	const struct revision *oldest = schema_oldest_for_accounts();
	assert_true(revision_reaches(oldest, (enum revision_ordinal)oldest->ordinal));
	assert_true(revision_reaches(revision_head(), (enum revision_ordinal)oldest->ordinal));
	assert_false(revision_reaches(revision_at(oldest->ordinal - 1), (enum revision_ordinal)oldest->ordinal));
	assert_ptr_equal(of("0.6.43"), oldest);
}

/* What goes with an account comes before what it hangs on, and nothing is counted twice. */
static void test_possessions(void **state)
{
	(void)state;
	size_t chat = 0, message = 0;
	for (size_t i = 0; possessions[i].table; i++) {
		assert_true(*possessions[i].noun && *possessions[i].column);
		for (size_t j = 0; j < i; j++)
			assert_false(!strcmp(possessions[i].table, possessions[j].table) &&
				     !strcmp(possessions[i].column, possessions[j].column));
		if (!strcmp(possessions[i].table, "chat"))
			chat = i;
		if (!strcmp(possessions[i].table, "chat_message"))
			message = i;
	}
	assert_true(message < chat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_line_of_revisions), cmocka_unit_test(test_releases_follow_the_line),
		cmocka_unit_test(test_what_is_there), cmocka_unit_test(test_reaching),
		cmocka_unit_test(test_possessions),
	};
	return cmocka_run_group_tests_name("releases", tests, NULL, NULL);
}
