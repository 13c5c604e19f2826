/* Direct members of groups: rows of group_member. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "openwebui/groups.h"

/* Accounts in one statement. */
#define BATCH 250

/* A statement about one group and some accounts: "$1" is the group, "$2" to ... the accounts. */
struct statement {
	struct str list; /* "$2, $3" */
	struct db_value parameters[1 + BATCH];
	size_t count;
};

static void statement_cleanup(struct statement *statement)
{
	str_cleanup(&statement->list);
}

static struct statement statement_about(const char *group, const char *const *users, size_t count)
{
	struct statement statement = {.count = 1 + count};
	statement.parameters[0] = db_text(group);
	for (size_t i = 0; i < count; i++) {
		statement.parameters[1 + i] = db_text(users[i]);
		str_add_format(&statement.list, "%s$%zu", i ? ", " : "", i + 2);
	}
	return statement;
}

static fallible members_of_batch(struct installation *installation, const char *group, const char *const *users,
				 size_t count, bool *member)
{
	AUTO(statement) struct statement statement = statement_about(group, users, count);
	AUTO(memory) char *sql = text_format("select user_id from group_member where group_id = $1 and user_id in (%s)",
					     str_text(&statement.list));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, sql, statement.parameters, statement.count, &rows));
	for (size_t i = 0; i < count; i++)
		member[i] = false;
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		for (size_t i = 0; i < count; i++)
			member[i] |= text_equal(db_cell_text(rows, 0), users[i]);
	}
	return error;
}

fallible group_members_among(struct installation *installation, const char *group, const char *const *users,
			     size_t count, bool *member)
{
	for (size_t start = 0; start < count; start += BATCH)
		TRY(members_of_batch(installation, group, users + start,
				     count - start < BATCH ? count - start : BATCH, member + start));
	return NULL;
}

/* $1 is the group, $2 the time, then the id of the row and the account, one after the other. */
static fallible add_batch(struct installation *installation, const char *group, const char *const *users, size_t count,
			  int64_t now)
{
	char ids[BATCH][UUID_TEXT_SIZE];
	struct db_value parameters[2 + 2 * BATCH] = {db_text(group), db_integer(now)};
	AUTO(str) struct str sql = {0};
	str_add(&sql, "insert into group_member (id, group_id, user_id, created_at, updated_at) values");
	for (size_t i = 0; i < count; i++) {
		random_uuid(ids[i]);
		parameters[2 + 2 * i] = db_text(ids[i]);
		parameters[3 + 2 * i] = db_text(users[i]);
		str_add_format(&sql, "%s ($%zu, $1, $%zu, $2, $2)", i ? "," : "", 3 + 2 * i, 4 + 2 * i);
	}
	str_add(&sql, " on conflict do nothing");
	return db_run(installation->db, str_text(&sql), parameters, 2 + 2 * count, NULL);
}

fallible group_add_members(struct installation *installation, const char *group, const char *const *users, size_t count,
			   int64_t now)
{
	for (size_t start = 0; start < count; start += BATCH)
		TRY(add_batch(installation, group, users + start, count - start < BATCH ? count - start : BATCH, now));
	return count ? group_touch(installation, group, now) : NULL;
}

fallible group_remove_members(struct installation *installation, const char *group, const char *const *users,
			      size_t count, int64_t now)
{
	for (size_t start = 0; start < count; start += BATCH) {
		size_t size = count - start < BATCH ? count - start : BATCH;
		AUTO(statement) struct statement statement = statement_about(group, users + start, size);
		AUTO(memory) char *sql = text_format("delete from group_member where group_id = $1 and user_id in (%s)",
						     str_text(&statement.list));
		TRY(db_run(installation->db, sql, statement.parameters, statement.count, NULL));
	}
	return count ? group_touch(installation, group, now) : NULL;
}
