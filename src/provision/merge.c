#include "provision/merge.h"

#include <stdlib.h>

#include "base/memory.h"
#include "openwebui/account_rules.h"
#include "provision/merge_parts.h"

void merge_plan_cleanup(struct merge_plan *plan)
{
	user_cleanup(&plan->from);
	user_cleanup(&plan->into);
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->steps[i].kind);
		free(plan->steps[i].table);
	}
	free(plan->steps);
	merge_places_free(plan->places);
	merge_documents_free(plan->documents);
	merge_profile_free(plan->profile);
	*plan = (struct merge_plan){0};
}

void merge_add_step(struct merge_plan *plan, const char *kind, const char *table, int64_t rows,
		    enum merge_outcome outcome)
{
	if (!rows)
		return;
	if (plan->count == plan->room) {
		plan->room = plan->room ? 2 * plan->room : 32;
		plan->steps = mem_resize(plan->steps, plan->room, sizeof *plan->steps);
	}
	plan->steps[plan->count++] = (struct merge_step){text_copy(kind), text_copy(table), rows, outcome};
}

fallible merge_changed(int64_t changed, int64_t planned, const char *what)
{
	if (changed == planned)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "of %lld rows (%s) the database changed %lld; nothing was changed",
				    (long long)planned, what, (long long)changed),
			  "%s", swallowed_hint);
}

static void read_account(const struct db_rows *rows, struct user *user)
{
	user_cleanup(user);
	user->id = text_copy(db_cell_text(rows, 0));
	user->email = text_copy(db_cell_text(rows, 1) ? db_cell_text(rows, 1) : "");
	user->name = text_copy(db_cell_text(rows, 2));
	user->role = text_copy(db_cell_text(rows, 3));
	user->created_at = db_cell_integer(rows, 4);
}

#define ACCOUNT "select id, email, name, role, created_at from \"user\" where "

static fallible find_by(struct installation *installation, const char *condition, const char *value, struct user *user,
			struct strings *found)
{
	const struct db_value parameter = db_text(value);
	AUTO(memory) char *sql = text_format(ACCOUNT "%s order by created_at, id", condition);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, sql, &parameter, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		read_account(rows, user);
		strings_add_taken(found, text_format("%s (%s)", user->id ? user->id : "without an id", user->email));
	}
	return error;
}

/* An id is taken for what it is, since the addresses may be the reason to merge. */
static fallible find(struct installation *installation, const char *who, struct user *user)
{
	AUTO(strings) struct strings found = {0};
	AUTO(memory) char *email = email_normalize(who);
	AUTO(memory) char *condition = text_format("%s(email) = $1", db_lower(installation->db));
	TRY(find_by(installation, "id = $1", who, user, &found));
	if (!found.count)
		TRY(find_by(installation, condition, email, user, &found));
	if (!found.count)
		return error_hint(error_new(ERR_INPUT, "there is no account %s", who),
				  "`owctl user conflicts` and `owctl user list` show what is there");
	if (found.count > 1) {
		AUTO(memory) char *list = strings_join(&found, ", ");
		return error_hint(error_new(ERR_INPUT, "%zu accounts are %s", found.count, who),
				  "name one by its id: %s; `owctl user conflicts` tells more of them", list);
	}
	return user->id ? NULL : error_new(ERR_INPUT, "the account %s has no id", who);
}

static fallible check_spared(struct installation *installation, const struct merge_plan *plan)
{
	struct error *error = user_check_spared(installation, &plan->from);
	if (!error)
		return NULL;
	if (error->code == ERR_PERMISSION)
		return error_hint(error_without_hints(error),
				  "it can't be merged away; the other way round it can stay: `owctl user merge %s %s`",
				  plan->into.id, plan->from.id);
	return error;
}

fallible merge_plan(struct installation *installation, const char *from, const char *into, struct merge_plan *plan)
{
	AUTO(known_columns) struct known_columns columns = {0};
	TRY(find(installation, from, &plan->from));
	TRY(find(installation, into, &plan->into));
	if (text_equal(plan->from.id, plan->into.id))
		return error_hint(error_new(ERR_INPUT, "%s and %s are the same account, %s", from, into, plan->into.id),
				  "`owctl user conflicts` lists accounts that clash");
	TRY(check_spared(installation, plan));
	TRY(statements_without_compiler(installation));
	TRY(known_columns_read(installation, &columns));
	TRY(merge_profile_plan(installation, &columns, plan));
	TRY(merge_places_plan(installation, &columns, plan));
	return merge_documents_plan(installation, &columns, plan);
}

fallible merge_run(struct installation *installation, const struct merge_plan *plan, int64_t now)
{
	TRY(merge_documents_run(installation, plan));
	TRY(merge_places_run(installation, plan));
	return merge_profile_run(installation, plan, now);
}

fallible merge_check(struct installation *installation, const struct merge_plan *plan, char **fault)
{
	TRY(statements_without_compiler(installation));
	TRY(merge_places_check(installation, plan, fault));
	TRY(merge_profile_check(installation, plan, fault));
	return merge_documents_check(installation, plan, fault);
}
