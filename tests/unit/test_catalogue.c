/* Catalogues of databases in memory: which family they are, and what a comparison with a revision finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/verify.h"

#define CLEAN __attribute__((unused)) void **state

static struct db *made_by(const char *sql)
{
	struct db *db = NULL;
	assert_null(db_open_in_memory(&db));
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_script(db, sql));
	return db;
}

/* A database at a revision, after some more SQL. */
static struct db *made_to(const char *id, const char *sql)
{
	struct db *db = made_by("");
	for (int ordinal = 1; ordinal <= revision_find(id)->ordinal; ordinal++) {
		const struct chain_step *step = chain_step(revision_at(ordinal));
		assert_null(alter_script(db, step->sqlite_sql));
		if (step->code && step->code->after_sqlite)
			assert_null(alter_script(db, step->code->after_sqlite));
	}
	assert_null(db_script(db, sql));
	return db;
}

/* "missing-index ix_x on y; .." */
static char *found(const char *id, const char *sql, bool foreign_too)
{
	AUTO(db) struct db *db = made_to(id, sql);
	AUTO(catalogues) struct catalogues catalogues = {0};
	AUTO(findings) struct findings findings = {0};
	AUTO(str) struct str text = {0};
	assert_null(catalogues_read(db, revision_find(id), &catalogues));
	verify_catalogue(&catalogues, false, &findings);
	for (size_t i = 0; i < findings.count; i++)
		if (foreign_too || findings.items[i].kind != FINDING_FOREIGN)
			str_add_format(&text, "%s%s %s", text.size ? "; " : "", findings.items[i].name,
				       findings.items[i].place);
	return str_take(&text);
}

static void assert_found(const char *id, const char *sql, const char *expected)
{
	AUTO(memory) char *text = found(id, sql, true);
	assert_string_equal(text, expected);
}

static const char head[] = "0bd252b206fb";

static void a_revision_agrees_with_itself(CLEAN)
{
	for (int ordinal = 1; ordinal <= revision_count(); ordinal += 5)
		assert_found(revision_at(ordinal)->id, "", "");
	assert_found(head, "", "");
}

static void each_difference_is_told_by_itself(CLEAN)
{
	assert_found(head, "drop table app", "missing-table app");
	assert_found(head, "alter table chat drop column summary", "missing-column chat.summary");
	assert_found(head, "drop index ix_message_app", "missing-index ix_message_app on message");
	assert_found(head, "drop index user_id_idx; create index user_id_idx on tag (name)",
		     "wrong-index user_id_idx on tag");
	assert_found(head, "drop index user_id_idx; create unique index user_id_idx on tag (user_id)",
		     "wrong-index user_id_idx on tag");
	assert_found(head, "drop index user_id_idx; create index user_id_idx on tag (user_id) where name = ''",
		     "wrong-index user_id_idx on tag");
	assert_found(head, "alter table chat drop column summary; alter table chat add column summary integer",
		     "wrong-type chat.summary");
	assert_found(head,
		     "alter table chat drop column summary;"
		     "alter table chat add column summary text not null default ''",
		     "not-nullable chat.summary");
}

static void what_is_not_open_webuis_is_foreign(CLEAN)
{
	assert_found(head, "create table own (id text); create view seen as select 1", "table own; other view seen");
	assert_found(head, "create index own on chat (title, id)", "index own on chat");
	assert_found(head, "alter table chat add column own text", "column chat.own");
	AUTO(memory) char *faults = found(head, "alter table chat add column own text", false);
	assert_string_equal(faults, "");
}

static void what_a_later_revision_brings_is_not(CLEAN)
{
	assert_found("c440947495f3", "alter table user add column scim json; create table skill (id text)",
		     "of-later-revision user.scim; of-later-revision skill");
}

static void another_key_on_the_same_columns_will_do(CLEAN)
{
	AUTO(db) struct db *db =
		made_by("create table a (id text, b text, unique (b, id)); create unique index c on a (id)");
	AUTO(catalogue) struct catalogue live = {0};
	AUTO(strings) struct strings both = {0}, one = {0}, other = {0};
	assert_null(catalogue_read(db, &live));
	strings_split(&both, "id b", ' ');
	strings_add(&one, "id");
	strings_add(&other, "b");
	assert_true(catalogue_is_unique(catalogue_table(&live, "a"), &both));
	assert_true(catalogue_is_unique(catalogue_table(&live, "a"), &one));
	assert_false(catalogue_is_unique(catalogue_table(&live, "a"), &other));
}

static enum family family_of(const char *sql)
{
	AUTO(db) struct db *db = made_by(sql);
	AUTO(catalogue) struct catalogue live = {0};
	assert_null(catalogue_read(db, &live));
	return catalogue_family(&live);
}

#define CHAT "create table chat (id text, title text);"
#define PEEWEES CHAT "create unique index chat_id on chat (id);"
#define SESSIONS "create table oauth_session (id text);"

static void families_are_told_apart(CLEAN)
{
	assert_int_equal(family_of(""), FAMILY_NONE);
	assert_int_equal(family_of("create table other (id text)"), FAMILY_NONE);
	assert_int_equal(family_of(CHAT), FAMILY_ALEMBIC);
	assert_int_equal(family_of(CHAT "alter table chat add column old_chat text"), FAMILY_ALEMBIC_096);
	assert_int_equal(family_of(CHAT "create table migratehistory (id integer)"), FAMILY_PEEWEE);
	assert_int_equal(family_of(PEEWEES), FAMILY_PEEWEE);
	assert_int_equal(family_of(PEEWEES SESSIONS "create table user (id text primary key, constraint uq_user_id"
						    " unique (id))"),
			 FAMILY_PEEWEE);
	assert_int_equal(family_of(PEEWEES SESSIONS "create table user (id text primary key)"), FAMILY_PEEWEE_096);
	assert_string_equal(family_names[FAMILY_PEEWEE_096], "peewee-0.9.6");
}

static void a_family_may_differ_where_peewee_did_and_nowhere_else(CLEAN)
{
	const struct column_shape text = {.name = (char[]){"created_at"}, .type = TYPE_TEXT};
	const struct column_shape time = {.name = (char[]){"created_at"}, .type = TYPE_TIME};
	assert_true(family_requires(FAMILY_PEEWEE, "auth", "email"));
	assert_false(family_requires(FAMILY_ALEMBIC, "auth", "email"));
	assert_false(family_requires(FAMILY_PEEWEE, "chat", "tasks"));
	assert_true(family_has_type(FAMILY_PEEWEE_096, "chat", &time));
	assert_false(family_has_type(FAMILY_ALEMBIC, "chat", &time));
	assert_false(family_has_type(FAMILY_PEEWEE, "chat", &text));
	assert_true(family_has_more(FAMILY_PEEWEE, "document", "id"));
	assert_false(family_has_more(FAMILY_ALEMBIC, "document", "id"));
	assert_false(family_has_more(FAMILY_ALEMBIC, "chat", "old_chat"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_revision_agrees_with_itself),
		cmocka_unit_test(each_difference_is_told_by_itself),
		cmocka_unit_test(what_is_not_open_webuis_is_foreign),
		cmocka_unit_test(what_a_later_revision_brings_is_not),
		cmocka_unit_test(another_key_on_the_same_columns_will_do),
		cmocka_unit_test(families_are_told_apart),
		cmocka_unit_test(a_family_may_differ_where_peewee_did_and_nowhere_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
