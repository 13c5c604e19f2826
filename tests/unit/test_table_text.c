/* The text of a CREATE TABLE, taken apart, changed and written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"
#include "migrate/sql_token.h"
#include "migrate/table_text.h"

#define CLEAN __attribute__((unused)) void **state

static struct table_text read_table(const char *sql)
{
	struct table_text table = {0};
	assert_true(table_text_read(&table, sql));
	return table;
}

/* Frees `table`, whose items are joined by "|" in `expected`. */
static void check_items(struct table_text *table, const char *expected)
{
	AUTO(str) struct str found = {0};
	for (size_t i = 0; i < table->count; i++)
		str_add_format(&found, "%s%s", i ? "|" : "", table->items[i].text);
	assert_string_equal(str_text(&found), expected);
	table_text_cleanup(table);
}

/* ---- reading and writing ---- */

static void a_table_that_may_be_there_is_read(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE IF NOT EXISTS t (a INT, b)");
	check_items(&table, "a INT|b");
}

static void every_way_to_quote_is_read(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE [a (b] (\"x, \"\"y\" TEXT, `z)` INT, [p,q] , 'r''s' BLOB)");
	static const char *const names[] = {"x, \"y", "z)", "p,q", "r's"};
	assert_int_equal(table.count, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(table.items[i].column, names[i]);
	check_items(&table, "\"x, \"\"y\" TEXT|`z)` INT|[p,q]|'r''s' BLOB");
}

static void comments_and_nested_brackets_part_nothing(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t -- (\n (a /* , ) */ DECIMAL(10, 2)"
					     " DEFAULT (max(1, 2)),\n"
					     "b TEXT CHECK (b IN ('x,)', \"a\")), -- the last, one\n"
					     " CHECK (a > 1, b))");
	check_items(&table, "a /* , ) */ DECIMAL(10, 2) DEFAULT (max(1, 2))|b TEXT CHECK (b IN ('x,)', \"a\"))"
			    "|CHECK (a > 1, b)");
}

static void constraints_need_no_comma(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a INT CHECK (a), b, CONSTRAINT p PRIMARY KEY (a)"
					     " UNIQUE (b) constraint c check (a), FOREIGN KEY (a) REFERENCES t)");
	check_items(&table, "a INT CHECK (a)|b|CONSTRAINT p PRIMARY KEY (a)|UNIQUE (b)|constraint c check (a)"
			    "|FOREIGN KEY (a) REFERENCES t");
}

static void what_a_constraint_is_stands_behind_its_name(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a, CONSTRAINT /* 1 */ c /* 2 */ CHECK (a) CONSTRAINT d"
					     " UNIQUE (a) CHECK (a), CONSTRAINT \"UNIQUE\" CHECK (1))");
	check_items(&table, "a|CONSTRAINT /* 1 */ c /* 2 */ CHECK (a)|CONSTRAINT d UNIQUE (a)|CHECK (a)"
			    "|CONSTRAINT \"UNIQUE\" CHECK (1)");
}

/* SQLite takes it among other blanks only. */
static void a_vertical_tab_is_a_blank(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a \vINT, \v b)");
	check_items(&table, "a \vINT|b");
}

/* Read from the beginning for each word this would take minutes. */
static void a_long_beginning_is_read_once(CLEAN)
{
	static char sql[2 << 20];
	size_t size = (size_t)snprintf(sql, sizeof sql, "CREATE TABLE t (a, CONSTRAINT /*%*s*/ c CHECK (1), \"%*s\"",
				       500000, "", 500000, "");
	while (size < sizeof sql - 16)
		size += (size_t)snprintf(sql + size, sizeof sql - size, " CHECK(1)");
	snprintf(sql + size, sizeof sql - size, ")");
	struct table_text table = read_table(sql);
	assert_int_equal(table.count, 3);
	table_text_cleanup(&table);
}

static void it_is_written_under_another_name(CLEAN)
{
	struct table_text table = read_table("create table t(a int primary key, b) WITHOUT ROWID, STRICT");
	AUTO(memory) char *sql = table_text_write(&table, "\"other\"");
	assert_string_equal(sql, "CREATE TABLE \"other\" (\n\ta int primary key,\n\tb\n) WITHOUT ROWID, STRICT");
	table_text_cleanup(&table);
}

static void what_is_no_table_is_not_read(CLEAN)
{
	static const char *const texts[] = {"", "CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE TABLE t",
					    "CREATE TABLE t (a, b", "CREATE TABLE t (a, 'b)", "CREATE TABLE t (a /* )",
					    "CREATE TABLE t ()", "CREATE TABLE t (a, )", "CREATE TABLE t (a,, b)"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct table_text table = {0};
		assert_false(table_text_read(&table, texts[i]));
		table_text_cleanup(&table);
	}
}

/* ---- changes ---- */

static void a_type_is_changed_and_nothing_else(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (\"Not\" VARCHAR(255) NOT NULL, b, c CHECK (c))");
	assert_true(table_text_set_type(&table, "nOT", "JSON"));
	assert_true(table_text_set_type(&table, "B", "BIGINT"));
	assert_true(table_text_set_type(&table, "c", "NUMERIC(1, 2)"));
	assert_false(table_text_set_type(&table, "d", "JSON"));
	check_items(&table, "\"Not\" JSON NOT NULL|b BIGINT|c NUMERIC(1, 2) CHECK (c)");
}

static void a_clause_is_found_among_others(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a TEXT CONSTRAINT n NOT NULL ON CONFLICT FAIL"
					     " DEFAULT NULL"
					     " REFERENCES u ON DELETE SET DEFAULT ON UPDATE SET NULL NOT DEFERRABLE,"
					     " b INT DEFAULT (1 + 2) NOT NULL, c INT DEFAULT -1 COLLATE nocase)");
	assert_true(table_text_set_clause(&table, "a", "NOT", NULL));
	assert_true(table_text_set_clause(&table, "a", "DEFAULT", NULL));
	assert_true(table_text_set_clause(&table, "b", "DEFAULT", "DEFAULT 'x'"));
	assert_true(table_text_set_clause(&table, "c", "NOT", "NOT NULL"));
	assert_true(table_text_set_clause(&table, "c", "DEFAULT", NULL));
	assert_false(table_text_set_clause(&table, "d", "DEFAULT", NULL));
	check_items(&table, "a TEXT REFERENCES u ON DELETE SET DEFAULT ON UPDATE SET NULL NOT DEFERRABLE"
			    "|b INT NOT NULL DEFAULT 'x'|c INT COLLATE nocase NOT NULL");
}

static void a_generated_column_keeps_its_clauses(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a INT GENERATED ALWAYS AS (b + 1) STORED"
					     " NOT NULL, b AS (1))");
	assert_true(table_text_set_clause(&table, "a", "NOT", NULL));
	assert_true(table_text_set_type(&table, "b", "TEXT"));
	check_items(&table, "a INT GENERATED ALWAYS AS (b + 1) STORED|b TEXT AS (1)");
}

static void a_new_primary_key_takes_the_place_of_the_old(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a INT PRIMARY KEY AUTOINCREMENT, b, UNIQUE (b))");
	table_text_add(&table, "CONSTRAINT p PRIMARY KEY (a, b)");
	table_text_add(&table, "c TEXT");
	table_text_add(&table, "CONSTRAINT q PRIMARY KEY (c)");
	check_items(&table, "a INT|b|c TEXT|UNIQUE (b)|CONSTRAINT q PRIMARY KEY (c)");
}

static void constraints_are_dropped_by_name(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a INT CONSTRAINT \"Pos\" CHECK (a > 0) UNIQUE, b,"
					     " CONSTRAINT [u] UNIQUE (b), UNIQUE (a, b))");
	assert_true(table_text_drop_constraint(&table, "pos"));
	assert_true(table_text_drop_constraint(&table, "U"));
	assert_false(table_text_drop_constraint(&table, "a"));
	assert_false(table_text_drop_constraint(&table, ""));
	check_items(&table, "a INT UNIQUE|b|UNIQUE (a, b)");
}

static void a_column_takes_its_keys_along(CLEAN)
{
	struct table_text table = read_table("CREATE TABLE t (a INT UNIQUE, b, c, UNIQUE (b, \"A\"), UNIQUE (b),"
					     " FOREIGN KEY (a) REFERENCES u (b), FOREIGN KEY (b) REFERENCES a (a))");
	assert_true(table_text_drop_column(&table, "A"));
	assert_false(table_text_drop_column(&table, "A"));
	check_items(&table, "b|c|UNIQUE (b)|FOREIGN KEY (b) REFERENCES a (a)");
	table = read_table("CREATE TABLE t (key, b, PRIMARY KEY (b))");
	assert_true(table_text_drop_column(&table, "key"));
	check_items(&table, "b|PRIMARY KEY (b)");
}

/* ---- words ---- */

static void words_are_taken_in_any_case_past_comments(CLEAN)
{
	const char *at = " alter -- not\n TABLE/**/\"a \"\"b\";";
	assert_false(sql_take(&at, "ALTER INDEX"));
	assert_true(sql_take(&at, "ALTER TABLE"));
	AUTO(memory) char *name = sql_take_name(&at);
	assert_string_equal(name, "a \"b");
	assert_string_equal(at, ";");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_that_may_be_there_is_read),
		cmocka_unit_test(every_way_to_quote_is_read),
		cmocka_unit_test(comments_and_nested_brackets_part_nothing),
		cmocka_unit_test(constraints_need_no_comma),
		cmocka_unit_test(what_a_constraint_is_stands_behind_its_name),
		cmocka_unit_test(a_vertical_tab_is_a_blank),
		cmocka_unit_test(a_long_beginning_is_read_once),
		cmocka_unit_test(it_is_written_under_another_name),
		cmocka_unit_test(what_is_no_table_is_not_read),
		cmocka_unit_test(a_type_is_changed_and_nothing_else),
		cmocka_unit_test(a_clause_is_found_among_others),
		cmocka_unit_test(a_generated_column_keeps_its_clauses),
		cmocka_unit_test(a_new_primary_key_takes_the_place_of_the_old),
		cmocka_unit_test(constraints_are_dropped_by_name),
		cmocka_unit_test(a_column_takes_its_keys_along),
		cmocka_unit_test(words_are_taken_in_any_case_past_comments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
