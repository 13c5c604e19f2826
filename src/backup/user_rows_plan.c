#include "backup/user_rows_plan.h"

#include <string.h>

#include "backup/named_files.h"
#include "backup/orphans.h"
#include "backup/sequences.h"
#include "base/memory.h"
#include "openwebui/account_rules.h"
#include "openwebui/installation.h"

char *user_plan_name(const char *table)
{
	return text_format(USER_PLAN_PREFIX "%s", table);
}

bool user_plan_has(const struct user_rows *rows, const char *table)
{
	for (size_t i = 0; i < rows->count; i++)
		if (!strcmp(rows->kinds[i].from->name, table))
			return true;
	return false;
}

/* ---- tables ---- */

static const char *type_of(const struct table *there, const char *column)
{
	for (size_t i = 0; there && i < there->columns.count; i++)
		if (!strcmp(there->columns.items[i], column))
			return there->types.items[i];
	return NULL;
}

fallible user_plan_make(struct db *db, const struct user_rows *rows, const struct table *table)
{
	const struct table *there = tables_find(&rows->tables, table->name);
	AUTO(memory) char *name = user_plan_name(table->name);
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "CREATE TEMPORARY TABLE %s", name);
	for (size_t i = 0; i < table->columns.count; i++) {
		const char *type = type_of(there, table->columns.items[i]);
		if (!type)
			return error_hint(error_new(ERR_NO, "%s has no column %s in table %s; nothing was changed",
						    db_display(db), table->columns.items[i], table->name),
					  "add the column first, or restore the whole snapshot into another database");
		str_add(&sql, i ? ", " : " (");
		db_add_identifier(&sql, table->columns.items[i]);
		str_add_format(&sql, " %s", type);
	}
	str_add(&sql, db_pick(db, ")", ") ON COMMIT DROP"));
	return db_script(db, str_text(&sql));
}

/* ---- what is there ---- */

static void add_equal(struct str *sql, const char *one, const char *column, const char *other, const char *of_other)
{
	str_add_format(sql, "%s.", one);
	db_add_identifier(sql, column);
	str_add_format(sql, " = %s.", other);
	db_add_identifier(sql, of_other);
}

static fallible take_out_by(struct db *db, const struct strings *columns, struct user_kind *kind)
{
	AUTO(memory) char *name = user_plan_name(kind->from->name);
	AUTO(str) struct str sql = {0};
	int64_t removed;
	str_add_format(&sql, "DELETE FROM %s WHERE EXISTS (SELECT 1 FROM ", name);
	db_add_identifier(&sql, kind->from->name);
	str_add(&sql, " AS there WHERE ");
	for (size_t i = 0; i < columns->count; i++) {
		str_add(&sql, i ? " AND " : "");
		add_equal(&sql, "there", columns->items[i], name, columns->items[i]);
	}
	str_add_char(&sql, ')');
	TRY(db_run(db, str_text(&sql), NULL, 0, &removed));
	kind->there += removed;
	return NULL;
}

static bool is_plain_key(const struct table_shape *table, const struct key_shape *key)
{
	for (size_t i = 0; i < key->columns.count; i++)
		if (!catalogue_column(table, key->columns.items[i]))
			return false;
	return key->kind == KEY_UNIQUE && !key->partial && key->columns.count;
}

fallible user_plan_take_out_there(struct db *db, struct user_rows *rows)
{
	struct user_kind *kind = &rows->kinds[rows->count - 1];
	const struct table_shape *table = catalogue_table(&rows->live, kind->from->name);
	AUTO(strings) struct strings primary = {0};
	catalogue_primary_key(table, &primary);
	if (!primary.count)
		strings_add(&primary, "id"); /* what was a key before tables had one */
	TRY(take_out_by(db, &primary, kind));
	for (size_t i = 0; i < table->key_count; i++)
		if (is_plain_key(table, &table->keys[i]))
			TRY(take_out_by(db, &table->keys[i].columns, kind));
	return NULL;
}

/* ---- what it refers to ---- */

static fallible leave_out_by(struct db *db, const struct user_rows *rows, const struct key_shape *key,
			     struct user_kind *kind, int64_t *removed)
{
	AUTO(memory) char *name = user_plan_name(kind->from->name);
	AUTO(memory) char *parent = user_plan_name(key->parent);
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "DELETE FROM %s", name);
	orphans_add_condition(&sql, name, key);
	if (user_plan_has(rows, key->parent)) {
		str_add_format(&sql, " AND NOT EXISTS (SELECT 1 FROM %s AS staged WHERE ", parent);
		for (size_t i = 0; i < key->columns.count; i++) {
			str_add(&sql, i ? " AND " : "");
			add_equal(&sql, "staged", key->parent_columns.items[i], name, key->columns.items[i]);
		}
		str_add_char(&sql, ')');
	}
	TRY(db_run(db, str_text(&sql), NULL, 0, removed));
	kind->left_out += *removed;
	return NULL;
}

static fallible leave_out_once(struct db *db, struct user_rows *rows, int64_t *count)
{
	*count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct table_shape *table = catalogue_table(&rows->live, rows->kinds[i].from->name);
		for (size_t k = 0; k < table->key_count; k++) {
			int64_t removed = 0;
			if (table->keys[k].kind == KEY_FOREIGN)
				TRY(leave_out_by(db, rows, &table->keys[k], &rows->kinds[i], &removed));
			*count += removed;
		}
	}
	return NULL;
}

fallible user_plan_leave_out(struct db *db, struct user_rows *rows)
{
	int64_t count;
	do
		TRY(leave_out_once(db, rows, &count));
	while (count);
	for (size_t i = 0; i < rows->count; i++) {
		AUTO(memory) char *name = user_plan_name(rows->kinds[i].from->name);
		AUTO(memory) char *sql = text_format("SELECT count(*) FROM %s", name);
		TRY(db_single_integer(db, sql, NULL, 0, &rows->kinds[i].added));
	}
	return NULL;
}

/* ---- the account ---- */

fallible user_plan_check_account(struct db *db, const char *email, struct user_rows *rows)
{
	const struct db_value id = db_text(rows->id), values[] = {db_text(email), id};
	AUTO(memory) char *query = text_format("SELECT id FROM \"user\" WHERE %s(email) = $1 AND id <> $2",
					       db_lower(db));
	AUTO(memory) char *now = NULL, *other = NULL;
	bool there, other_there;
	TRY(db_single_text(db, "SELECT email FROM \"user\" WHERE id = $1", &id, 1, &there, &now));
	AUTO(memory) char *normal = now ? email_normalize(now) : NULL;
	rows->is_new = !there;
	if (there && !text_equal(normal, email))
		return error_hint(error_new(ERR_NO, "the id of %s, %s, is that of %s now; nothing was changed", email,
					    rows->id, now ? now : "an account without an address"),
				  "if that is the same person, name it by `owctl user update %s --email %s` first",
				  rows->id, email);
	TRY(db_single_text(db, query, values, COUNT(values), &other_there, &other));
	return other_there ? error_hint(error_new(ERR_NO, "%s is another account now, %s, and was %s; nothing was "
							"changed",
						  email, other, rows->id),
					"give that one another address (`owctl user update`), restore, and make one of "
					"both with `owctl user merge`")
			   : NULL;
}

/* ---- adding ---- */

static void add_columns(struct str *sql, const struct table *table)
{
	for (size_t i = 0; i < table->columns.count; i++) {
		str_add(sql, i ? ", " : "");
		db_add_identifier(sql, table->columns.items[i]);
	}
}

static fallible add_kind(struct db *db, const struct user_kind *kind)
{
	AUTO(memory) char *name = user_plan_name(kind->from->name);
	AUTO(str) struct str sql = {0};
	int64_t added;
	str_add(&sql, "INSERT INTO ");
	db_add_identifier(&sql, kind->from->name);
	str_add(&sql, " (");
	add_columns(&sql, kind->from);
	str_add(&sql, ") SELECT ");
	add_columns(&sql, kind->from);
	str_add_format(&sql, " FROM %s", name);
	TRY(error_wrap(db_run(db, str_text(&sql), NULL, 0, &added), "adding %s", kind->noun));
	if (added != kind->added)
		return error_hint(error_new(ERR_FAILED, "of %lld %s the database added %lld; nothing was changed",
					    (long long)kind->added, kind->noun, (long long)added),
				  "%s", swallowed_hint);
	return sequences_go_on(db, kind->from->name);
}

/* Whether it refers to rows of another kind that is still to come. */
static bool has_to_wait(const struct user_rows *rows, const bool *done, const struct user_kind *kind)
{
	const struct table_shape *table = catalogue_table(&rows->live, kind->from->name);
	for (size_t k = 0; k < table->key_count; k++)
		for (size_t i = 0; table->keys[k].kind == KEY_FOREIGN && i < rows->count; i++)
			if (!done[i] && &rows->kinds[i] != kind &&
			    !strcmp(rows->kinds[i].from->name, table->keys[k].parent))
				return true;
	return false;
}

fallible user_rows_add(struct db *db, const struct user_rows *rows)
{
	bool done[MOST_USER_KINDS] = {false}, any = true;
	size_t left = rows->count;
	while (left && any) {
		any = false;
		for (size_t i = 0; i < rows->count; i++) {
			if (done[i] || has_to_wait(rows, done, &rows->kinds[i]))
				continue;
			TRY(add_kind(db, &rows->kinds[i]));
			done[i] = any = true;
			left--;
		}
	}
	return left ? error_new(ERR_FAILED, "the tables refer to each other in a circle") : NULL;
}

fallible user_rows_files(struct db *db, const struct user_rows *rows, struct strings *names)
{
	AUTO(strings) struct strings paths = {0};
	bool has_paths;
	TRY(db_column_exists(db, "file", "path", &has_paths));
	if (!has_paths || !user_plan_has(rows, "file"))
		return NULL;
	TRY(db_texts(db, "SELECT path FROM " USER_PLAN_PREFIX "file WHERE path <> ''", NULL, 0, &paths));
	for (size_t i = 0; i < paths.count; i++)
		strings_add(names, named_files_name(paths.items[i]));
	strings_sort(names);
	return NULL;
}
