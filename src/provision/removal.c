#include "provision/removal.h"

#include "base/memory.h"
#include "openwebui/groups.h"

void removal_plan_cleanup(struct removal_plan *plan)
{
	user_cleanup(&plan->user);
}

static fallible refuse_primary(struct installation *installation, const struct user *user)
{
	AUTO(memory) char *primary = NULL;
	TRY(user_primary(installation, &primary));
	if (!text_equal(primary, user->id))
		return NULL;
	return error_hint(error_new(ERR_PERMISSION, "%s is the primary administrator", user->email),
			  "Open WebUI relies on its oldest account; change its address, name or password instead");
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

/* All kinds by one statement: over a slow line two dozen questions take seconds. */
static fallible count_possessions(struct installation *installation, const struct db_value *id,
				  struct removal_plan *plan)
{
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; possessions[i].table; i++)
		if (schema_has_table(installation->read_as, possessions[i].table))
			str_add_format(&sql, "%sselect %zu as kind, count(*) as found from \"%s\" where %s = $1",
				       sql.size ? " union all " : "", i, possessions[i].table, possessions[i].column);
	AUTO(memory) char *query = text_format("select kind, found from (%s) as counts where found > 0 order by kind",
					       str_text(&sql));
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, query, id, 1, &rows));
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			return NULL;
		TRY(add_possession(plan, db_cell_integer(rows, 0), db_cell_integer(rows, 1)));
	}
}

fallible removal_plan(struct installation *installation, const char *who, struct removal_plan *plan)
{
	TRY(user_find(installation, who, &plan->user));
	TRY(refuse_primary(installation, &plan->user));
	struct db_value id = db_text(plan->user.id);
	TRY(count_possessions(installation, &id, plan));
	if (schema_has_table(installation->read_as, "access_grant"))
		TRY(db_single_integer(
			installation->db,
			"select count(*) from access_grant where principal_type = 'user' and principal_id = $1", &id, 1,
			&plan->grants));
	return NULL;
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
	TRY(groups_lock(installation));
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
	int64_t removed;
	TRY(db_run(installation->db, "delete from \"user\" where id = $1", &id, 1, &removed));
	return removed == 1 ? NULL : error_new(ERR_FAILED, "the account %s is gone already", plan->user.email);
}
