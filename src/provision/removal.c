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

fallible removal_plan(struct installation *installation, const char *who, struct removal_plan *plan)
{
	TRY(user_find(installation, who, &plan->user));
	TRY(refuse_primary(installation, &plan->user));
	struct db_value id = db_text(plan->user.id);
	for (const struct possession *kind = possessions; kind->table; kind++) {
		if (!schema_has_table(installation->revision, kind->table))
			continue;
		int64_t rows;
		AUTO(memory) char *sql =
			text_format("select count(*) from \"%s\" where %s = $1", kind->table, kind->column);
		TRY(db_single_integer(installation->db, sql, &id, 1, &rows));
		if (!rows)
			continue;
		plan->items[plan->count].kind = kind;
		plan->items[plan->count++].rows = rows;
	}
	if (schema_has_table(installation->revision, "access_grant"))
		TRY(db_single_integer(
			installation->db,
			"select count(*) from access_grant where principal_type = 'user' and principal_id = $1", &id, 1,
			&plan->grants));
	return NULL;
}

/* Rows that hang on a chat have no column with the account's id. */
static fallible remove_of_chats(struct installation *installation, const char *table, const struct db_value *id)
{
	if (!schema_has_table(installation->revision, table))
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
