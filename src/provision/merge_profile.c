/* What stands in the row of "user" itself. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "provision/merge_parts.h"

/* What the other account takes if it has none. Its name, address, picture, role and status are its own. */
static const struct {
	const char *noun, *column;
	bool same_role; /* is a sign-in token, which must not open more than it did */
} kinds[] = {
	{"settings", "settings", false},
	{"further information", "info", false},
	{"sign-in by an identity provider", "oauth", false},
	{"sign-in by an identity provider", "oauth_sub", false},
	{"account in user provisioning (SCIM)", "scim", false},
	{"API keys", "api_key", true},
	{"variables", "variables", false},
	{"handle", "username", false},
	{"biography", "bio", false},
	{"gender", "gender", false},
	{"date of birth", "date_of_birth", false},
};

struct merge_profile {
	char *from[COUNT(kinds)], *into[COUNT(kinds)]; /* as texts; NULL: nothing */
	bool taken[COUNT(kinds)];
	bool has_updated_at;
};

static void drop_values(char **values)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		secret_free(values[i]);
}

void merge_profile_free(struct merge_profile *profile)
{
	if (!profile)
		return;
	drop_values(profile->from);
	drop_values(profile->into);
	free(profile);
}

static bool is_nothing(const char *value)
{
	static const char *const nothing[] = {"", "null", "{}", "[]", "\"\"", "\"null\"", "\"{}\""};
	for (size_t i = 0; i < COUNT(nothing); i++)
		if (text_equal(value, nothing[i]))
			return true;
	return !value;
}

static fallible read_values(struct installation *installation, const struct known_columns *columns, const char *id,
			    char **values)
{
	AUTO(str) struct str sql = {0};
	const struct db_value parameter = db_text(id);
	for (size_t i = 0; i < COUNT(kinds); i++)
		str_add_format(&sql,
			       known_columns_type(columns, "user", kinds[i].column) ? "%scast(%s as text)" : "%snull",
			       i ? ", " : "select ", kinds[i].column);
	str_add(&sql, " from \"user\" where id = $1");
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, str_text(&sql), &parameter, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		for (size_t i = 0; i < COUNT(kinds); i++)
			if (!values[i] && !is_nothing(db_cell_text(rows, (int)i)))
				values[i] = text_copy(db_cell_text(rows, (int)i));
	return error;
}

static void decide(struct merge_plan *plan, size_t number)
{
	struct merge_profile *profile = plan->profile;
	const char *from = profile->from[number], *into = profile->into[number];
	bool may_take = !kinds[number].same_role || text_equal(plan->from.role, plan->into.role);
	if (!from || text_equal(from, into))
		return;
	profile->taken[number] = !into && may_take;
	merge_add_step(plan, kinds[number].noun, "user", 1, profile->taken[number] ? MERGE_MOVES : MERGE_IS_LOST);
}

fallible merge_profile_plan(struct installation *installation, const struct known_columns *columns,
			    struct merge_plan *plan)
{
	struct merge_profile *profile = plan->profile = mem_new(1, sizeof *profile);
	profile->has_updated_at = known_columns_type(columns, "user", "updated_at") != NULL;
	TRY(read_values(installation, columns, plan->from.id, profile->from));
	TRY(read_values(installation, columns, plan->into.id, profile->into));
	merge_add_step(plan, "account", "user", 1, MERGE_GOES);
	for (size_t i = 0; i < COUNT(kinds); i++)
		decide(plan, i);
	return NULL;
}

static fallible take(struct installation *installation, const struct merge_plan *plan, size_t number)
{
	const struct db_value parameters[] = {db_text(plan->profile->from[number]), db_text(plan->into.id)};
	AUTO(memory) char *sql = text_format("update \"user\" set %s = $1 where id = $2", kinds[number].column);
	int64_t changed;
	TRY(db_run(installation->db, sql, parameters, COUNT(parameters), &changed));
	return merge_changed(changed, 1, kinds[number].noun);
}

/* The row goes first: what it holds may be unique. */
fallible merge_profile_run(struct installation *installation, const struct merge_plan *plan, int64_t now)
{
	const struct db_value from = db_text(plan->from.id);
	const struct db_value moment[] = {db_integer(now), db_text(plan->into.id)};
	int64_t changed;
	TRY(db_run(installation->db, "delete from \"user\" where id = $1", &from, 1, &changed));
	TRY(merge_changed(changed, 1, "account"));
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (plan->profile->taken[i])
			TRY(take(installation, plan, i));
	if (!plan->profile->has_updated_at)
		return NULL;
	return db_run(installation->db, "update \"user\" set updated_at = $1 where id = $2", moment, COUNT(moment),
		      NULL);
}

static fallible check_taken(struct installation *installation, const struct merge_plan *plan, size_t number,
			    char **fault)
{
	const struct db_value parameter = db_text(plan->into.id);
	AUTO(memory) char *sql = text_format("select cast(%s as text) from \"user\" where id = $1",
					     kinds[number].column);
	AUTO(secret) char *found = NULL;
	bool there;
	TRY(db_single_text(installation->db, sql, &parameter, 1, &there, &found));
	if (is_nothing(found))
		*fault = text_format("the account %s has not got the %s", plan->into.id, kinds[number].noun);
	return NULL;
}

fallible merge_profile_check(struct installation *installation, const struct merge_plan *plan, char **fault)
{
	const struct db_value ids[] = {db_text(plan->from.id), db_text(plan->into.id)};
	int64_t from, into;
	if (*fault)
		return NULL;
	TRY(db_single_integer(installation->db, "select count(*) from \"user\" where id = $1", &ids[0], 1, &from));
	TRY(db_single_integer(installation->db, "select count(*) from \"user\" where id = $1", &ids[1], 1, &into));
	if (from || !into)
		*fault = text_format("the account %s is %s", from ? plan->from.id : plan->into.id,
				     from ? "still there" : "not there");
	for (size_t i = 0; !*fault && i < COUNT(kinds); i++)
		if (plan->profile->taken[i])
			TRY(check_taken(installation, plan, i, fault));
	return NULL;
}
