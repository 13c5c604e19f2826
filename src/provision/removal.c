#include "provision/removal.h"

#include "base/memory.h"

void removal_plan_cleanup(struct removal_plan *plan)
{
	user_cleanup(&plan->user);
}

/* The kind that a server names is its word, not a fact: a broken one must not lead out of the tables. */
static fallible add_possession(struct removal_plan *plan, int64_t kind, int64_t rows)
{
	int64_t known = 0;
	while (possessions[known].table)
		known++;
	if (kind < 0 || kind >= known || plan->count == COUNT(plan->items))
		return error_hint(error_new(ERR_FAILED, "the database answered with what was not asked for"),
				  "is this an Open WebUI database? nothing was changed");
	plan->items[plan->count].kind = &possessions[kind];
	plan->items[plan->count++].rows = rows;
	return NULL;
}

enum { THE_ACCOUNT = -1, GRANTS = -2 }; /* besides the kinds of possessions */

static fallible add_count(struct removal_plan *plan, int64_t kind, int64_t rows)
{
	if (kind == THE_ACCOUNT)
		plan->accounts = rows;
	else if (kind == GRANTS)
		plan->grants = rows;
	else
		return add_possession(plan, kind, rows);
	return NULL;
}

/* All by one statement: over a slow line two dozen questions take seconds. */
static fallible count_all(struct installation *installation, const struct db_value *id,
				  struct removal_plan *plan)
{
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "select %d as kind, count(*) as found from \"user\" where id = $1", THE_ACCOUNT);
	if (schema_has_table(installation->read_as, "access_grant"))
		str_add_format(&sql,
			       " union all select %d, count(*) from access_grant where principal_type = 'user' and"
			       " principal_id = $1",
			       GRANTS);
	for (size_t i = 0; possessions[i].table; i++)
		if (schema_has_table(installation->read_as, possessions[i].table))
			str_add_format(&sql, " union all select %zu, count(*) from \"%s\" where %s = $1", i,
				       possessions[i].table, possessions[i].column);
	AUTO(memory) char *query = text_format("select kind, found from (%s) as counts where found > 0 order by kind",
					       str_text(&sql));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, query, id, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		TRY(add_count(plan, db_cell_integer(rows, 0), db_cell_integer(rows, 1)));
	return error;
}

fallible removal_plan(struct installation *installation, const char *who, struct removal_plan *plan)
{
	TRY(user_find(installation, who, &plan->user));
	TRY(user_check_spared(installation, &plan->user));
	struct db_value id = db_text(plan->user.id);
	TRY(count_all(installation, &id, plan));
	if (plan->accounts == 1)
		return NULL;
	/* An id with a NUL in it, which no text can name. */
	return error_hint(error_new(ERR_FAILED, "the id of %s does not lead to its row; nothing was changed",
				    plan->user.email),
			  "%s", swallowed_hint);
}

/* Rows that hang on a chat have no column with the account's id. */
static fallible remove_of_chats(struct installation *installation, const char *table, const struct db_value *id)
{
	if (!schema_has_table(installation->read_as, table))
		return NULL;
	AUTO(memory) char *sql = text_format(
		"delete from \"%s\" where chat_id in (select id from chat where user_id = $1)", table);
	return db_run(installation->db, sql, id, 1, NULL);
}

fallible removal_run(struct installation *installation, const struct removal_plan *plan)
{
	struct db_value id = db_text(plan->user.id);
	TRY(remove_of_chats(installation, "chat_message", &id));
	TRY(remove_of_chats(installation, "chat_file", &id));
	TRY(remove_of_chats(installation, "shared_chat", &id));
	for (size_t i = 0; i < plan->count; i++) {
		const struct possession *kind = plan->items[i].kind;
		if (!kind->removed)
			continue;
		AUTO(memory) char *sql = text_format("delete from \"%s\" where %s = $1", kind->table, kind->column);
		TRY(db_run(installation->db, sql, &id, 1, NULL));
	}
	if (plan->grants)
		TRY(db_run(installation->db,
			   "delete from access_grant where principal_type = 'user' and principal_id = $1", &id, 1,
			   NULL));
	return db_run(installation->db, "delete from \"user\" where id = $1", &id, 1, NULL);
}

fallible removal_check(struct installation *installation, const struct removal_plan *plan, char **fault)
{
	struct removal_plan left = {0};
	struct db_value id = db_text(plan->user.id);
	TRY(count_all(installation, &id, &left));
	if (left.accounts)
		*fault = text_format("the account %s is still there", plan->user.email);
	for (size_t i = 0; !*fault && i < left.count; i++)
		if (left.items[i].kind->removed)
			*fault = text_format("%lld %s of the account %s are still there", (long long)left.items[i].rows,
					     left.items[i].kind->noun, plan->user.email);
	if (!*fault && left.grants)
		*fault = text_format("%lld grants to the account %s are still there", (long long)left.grants,
				     plan->user.email);
	return NULL;
}
