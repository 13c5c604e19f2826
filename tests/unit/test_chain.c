/* The chain and the releases as tables: complete, in order, and fitting each other. What the SQL makes is compared with
 * Open WebUI's own migrations in tests/real/test_chain.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/chain/chain.h"
#include "openwebui/release.h"

#define CLEAN __attribute__((unused)) void **state

static void revisions_are_in_order_and_found(CLEAN)
{
	assert_null(revision_at(0));
	assert_null(revision_at(revision_count() + 1));
	for (int i = 1; i <= revision_count(); i++) {
		const struct revision *revision = revision_at(i);
		assert_int_equal(revision->ordinal, i);
		assert_int_equal(strlen(revision->id), 12);
		assert_ptr_equal(revision_find(revision->id), revision);
		assert_true(strlen(revision->title) > 0 && strlen(revision->title) < 60);
	}
	assert_null(revision_find("000000000000"));
	assert_null(revision_find(""));
	assert_string_equal(revision_at(1)->id, "7e5b5dc7342b");
}

static const struct chain_step *step(const char *id)
{
	return chain_step(revision_find(id));
}

/* Every text begins with what the revision does and ends with a line, so that texts can be put one behind another. */
static void texts_are_whole(CLEAN)
{
	assert_memory_equal(chain_version_table, "-- ", 3);
	assert_non_null(strstr(chain_version_table, "CREATE TABLE alembic_version"));
	for (int i = 1; i <= revision_count(); i++) {
		const char *texts[] = {chain_step(revision_at(i))->sqlite_sql,
				       chain_step(revision_at(i))->postgresql_sql};
		for (int engine = 0; engine < 2; engine++) {
			assert_memory_equal(texts[engine], "-- ", 3);
			assert_int_equal(texts[engine][strlen(texts[engine]) - 1], '\n');
		}
	}
	assert_non_null(strstr(step("7e5b5dc7342b")->sqlite_sql, "CREATE TABLE IF NOT EXISTS chatidtag"));
	assert_non_null(strstr(step("0bd252b206fb")->sqlite_sql, "INSERT INTO auth"));
	assert_ptr_equal(step("c0fbf31ca0db")->sqlite_sql, step("c0fbf31ca0db")->postgresql_sql);
	assert_ptr_not_equal(step("ca81bd47c050")->sqlite_sql, step("ca81bd47c050")->postgresql_sql);
}

static void releases_follow_the_chain(CLEAN)
{
	int ordinal = 0, count = 0;

	for (const struct release *release; (release = release_at(count)); count++) {
		const struct revision *revision = revision_find(release->head);
		assert_non_null(revision);
		assert_true(revision->ordinal >= ordinal);
		ordinal = revision->ordinal;
		assert_ptr_equal(release_find(release->version), release);
	}
	assert_true(count > 100);
	assert_null(release_at(-1));
	assert_null(release_find("0.6.17"));
	assert_ptr_equal(release_latest(), release_at(count - 1));
	assert_ptr_equal(revision_find(release_latest()->head), revision_head());
}

static void a_revision_names_its_releases(CLEAN)
{
	const struct release *first = NULL, *last = NULL;

	assert_true(release_span("c440947495f3", &first, &last));
	assert_string_equal(first->version, "0.6.42");
	assert_string_equal(last->version, "0.7.2");
	assert_true(release_span(revision_head()->id, &first, &last));
	assert_ptr_equal(last, release_latest());

	assert_false(release_span("8452d01d26d7", &first, &last));
	assert_null(first);
	assert_null(last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revisions_are_in_order_and_found),
		cmocka_unit_test(texts_are_whole),
		cmocka_unit_test(releases_follow_the_chain),
		cmocka_unit_test(a_revision_names_its_releases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
