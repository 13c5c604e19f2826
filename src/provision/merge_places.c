/* Columns that hold the id of an account: what belongs to it, and what it did to what belongs to others. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "openwebui/schema.h"
#include "provision/merge_parts.h"

/* What the table of possessions does not say, because deleting an account leaves it alone. */
static const struct possession references[] = {
	{"access_grant", "principal_id", "grants to the account", true},
	{"channel", "updated_by", "changes of channels", false},
	{"channel", "archived_by", "archivings of channels", false},
	{"channel", "deleted_by", "deletions of channels", false},
	{"channel_member", "invited_by", "invitations to channels", false},
	{"message", "pinned_by", "pinned messages", false},
	{NULL, NULL, NULL, false},
};

/* An account has one row for each value of these: by a key of the database, or because Open WebUI looks for one. */
static const struct {
	const char *table, *columns;
} once[] = {
	{"tag", "id"},
	{"folder", "id"},
	{"chatidtag", "chat_id,tag_name"},
	{"group_member", "group_id"},
	{"channel_member", "channel_id"},
	{"message_reaction", "message_id,name"},
	{"access_grant", "resource_type,resource_id,principal_type,permission"},
	{"calendar_event_attendee", "event_id"},
	{"pinned_note", "note_id"},
};

/* Sign-in tokens are not the other account's; nor are credentials. */
static const char *const gone[] = {"auth", "oauth_session"};

struct place {
	const struct possession *kind;
	const char *once;          /* or NULL */
	bool mark;                 /* what the account did to a row of others, which another place may drop */
	bool goes;                 /* with the account */
	int64_t from, into, clash; /* rows of each, and those of the first that are in the way of the second's */
};

#define MOST_PLACES 64
struct merge_places {
	struct place items[MOST_PLACES];
	size_t count;
};

void merge_places_free(struct merge_places *places)
{
	free(places);
}

static void add_place(struct merge_places *places, const struct known_columns *columns, const struct possession *kind)
{
	if (places->count == MOST_PLACES || !known_columns_type(columns, kind->table, kind->column))
		return;
	struct place *place = &places->items[places->count++];
	*place = (struct place){.kind = kind, .mark = text_ends(kind->column, "_by")};
	for (size_t i = 0; i < COUNT(once); i++)
		if (!strcmp(once[i].table, kind->table) && !place->mark)
			place->once = once[i].columns;
	for (size_t i = 0; i < COUNT(gone); i++)
		place->goes |= !strcmp(gone[i], kind->table);
}

/* The rows of place t whose column has the id $N; of access_grant those of accounts. */
static void add_owner(struct str *sql, const struct place *place, const char *id)
{
	str_add_format(sql, "t.%s %s", place->kind->column, id);
	if (!strcmp(place->kind->table, "access_grant"))
		str_add(sql, " and t.principal_type = 'user'");
}

/* Whether a row of $2 has what row t has. */
static void add_clash(struct str *sql, const struct place *place)
{
	AUTO(strings) struct strings columns = {0};
	strings_split(&columns, place->once, ',');
	str_add_format(sql, "exists (select 1 from \"%s\" o where o.%s = $2", place->kind->table, place->kind->column);
	for (size_t i = 0; i < columns.count; i++)
		str_add_format(sql, " and o.%s = t.%s", columns.items[i], columns.items[i]);
	str_add_char(sql, ')');
}

static void add_count(struct str *sql, size_t number, const struct place *place)
{
	str_add_format(sql,
		       "%sselect %zu as place, sum(case when t.%s = $1 then 1 else 0 end) as mine,"
		       " sum(case when t.%s = $2 then 1 else 0 end) as others, sum(case when ",
		       number ? " union all " : "", number, place->kind->column, place->kind->column);
	str_add_format(sql, place->once ? "t.%s = $1 and " : "1 = 0", place->kind->column);
	if (place->once)
		add_clash(sql, place);
	str_add_format(sql, " then 1 else 0 end) as clash from \"%s\" t where ", place->kind->table);
	add_owner(sql, place, "in ($1, $2)");
}

/* All by one statement: over a slow line four dozen questions take seconds. */
static fallible count_all(struct installation *installation, const struct merge_plan *plan, struct merge_places *places)
{
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; i < places->count; i++)
		add_count(&sql, i, &places->items[i]);
	const struct db_value parameters[] = {db_text(plan->from.id), db_text(plan->into.id)};
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, str_text(&sql), parameters, COUNT(parameters), &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		int64_t number = db_cell_integer(rows, 0);
		if (number < 0 || (size_t)number >= places->count)
			return error_new(ERR_FAILED, "the database answered with what was not asked for");
		struct place *place = &places->items[number];
		place->from = db_cell_integer(rows, 1);
		place->into = db_cell_integer(rows, 2);
		place->clash = db_cell_integer(rows, 3);
	}
	return error;
}

/* The server knows one key of an account. With another role it would open what it did not before. */
static bool keeps_its_key(const struct place *place, const struct merge_plan *plan)
{
	return strcmp(place->kind->table, "api_key") != 0 ||
	       (!place->into && text_equal(plan->from.role, plan->into.role));
}

static void add_steps(struct merge_plan *plan, struct place *place)
{
	const struct possession *kind = place->kind;
	place->goes |= !keeps_its_key(place, plan);
	if (place->goes) {
		merge_add_step(plan, kind->noun, kind->table, place->from, MERGE_GOES);
		return;
	}
	merge_add_step(plan, kind->noun, kind->table, place->from - place->clash, MERGE_MOVES);
	merge_add_step(plan, kind->noun, kind->table, place->clash, MERGE_IS_THERE);
	if (!strcmp(kind->table, "memory"))
		plan->memories = place->from;
}

static bool is_place(const struct merge_places *places, const char *name)
{
	for (size_t i = 0; i < places->count; i++) {
		AUTO(memory) char *known = text_format("%s.%s", places->items[i].kind->table,
						       places->items[i].kind->column);
		if (!strcmp(known, name))
			return true;
	}
	return false;
}

/* Columns of the operator's own, or of a release that owctl does not know, whose name says that they have such ids. */
static fallible find_others(struct installation *installation, const struct known_columns *columns,
			    struct merge_plan *plan)
{
	for (size_t i = 0; i < columns->names.count; i++) {
		const char *name = columns->names.items[i];
		if ((!text_ends(name, "user_id") && !text_ends(name, "_by")) || is_place(plan->places, name) ||
		    text_ends(columns->types.items[i], "[]"))
			continue;
		AUTO(memory) char *table = text_copy_n(name, (size_t)(strrchr(name, '.') - name));
		AUTO(str) struct str sql = {0};
		str_add(&sql, "select count(*) from ");
		db_add_identifier(&sql, table);
		str_add(&sql, " where cast(");
		db_add_identifier(&sql, strrchr(name, '.') + 1);
		str_add(&sql, " as text) = $1");
		const struct db_value id = db_text(plan->from.id);
		int64_t found;
		TRY(db_single_integer(installation->db, str_text(&sql), &id, 1, &found));
		AUTO(memory) char *kind = text_format("rows by column %s", strrchr(name, '.') + 1);
		merge_add_step(plan, kind, table, found, MERGE_REMAINS);
	}
	return NULL;
}

fallible merge_places_plan(struct installation *installation, const struct known_columns *columns,
			   struct merge_plan *plan)
{
	struct merge_places *places = plan->places = mem_new(1, sizeof *places);
	for (const struct possession *kind = possessions; kind->table; kind++)
		add_place(places, columns, kind);
	for (const struct possession *kind = references; kind->table; kind++)
		add_place(places, columns, kind);
	TRY(count_all(installation, plan, places));
	for (size_t i = 0; i < places->count; i++)
		add_steps(plan, &places->items[i]);
	return find_others(installation, columns, plan);
}

static fallible drop(struct installation *installation, const struct merge_plan *plan, const struct place *place)
{
	const struct db_value parameters[] = {db_text(plan->from.id), db_text(plan->into.id)};
	AUTO(str) struct str sql = {0};
	int64_t changed;
	str_add_format(&sql, "delete from \"%s\" as t where ", place->kind->table);
	add_owner(&sql, place, "= $1");
	if (!place->goes) {
		str_add(&sql, " and ");
		add_clash(&sql, place);
	}
	TRY(db_run(installation->db, str_text(&sql), parameters, place->goes ? 1 : 2, &changed));
	return merge_changed(changed, place->goes ? place->from : place->clash, place->kind->noun);
}

static fallible move(struct installation *installation, const struct merge_plan *plan, const struct place *place)
{
	const struct db_value parameters[] = {db_text(plan->from.id), db_text(plan->into.id)};
	AUTO(str) struct str sql = {0};
	int64_t changed;
	str_add_format(&sql, "update \"%s\" as t set %s = $2 where ", place->kind->table, place->kind->column);
	add_owner(&sql, place, "= $1");
	TRY(db_run(installation->db, str_text(&sql), parameters, COUNT(parameters), &changed));
	return merge_changed(changed, place->from - place->clash, place->kind->noun);
}

/* An account has one calendar that new events go to. */
static fallible keep_one_default(struct installation *installation, const struct merge_plan *plan)
{
	const struct db_value parameters[] = {db_text(plan->from.id), db_text(plan->into.id)};
	return db_run(installation->db,
		      "update calendar set is_default = false where user_id = $1 and is_default and exists"
		      " (select 1 from calendar o where o.user_id = $2 and o.is_default)",
		      parameters, COUNT(parameters), NULL);
}

/* A key is called after its account, and so found again. */
static fallible rename_key(struct installation *installation, const struct merge_plan *plan)
{
	AUTO(memory) char *from = text_format("key_%s", plan->from.id);
	AUTO(memory) char *into = text_format("key_%s", plan->into.id);
	const struct db_value parameters[] = {db_text(from), db_text(into)};
	return db_run(installation->db, "update api_key set id = $2 where id = $1", parameters, COUNT(parameters),
		      NULL);
}

static fallible run_place(struct installation *installation, const struct merge_plan *plan, const struct place *place)
{
	if (!strcmp(place->kind->table, "calendar"))
		TRY(keep_one_default(installation, plan));
	if (place->goes || place->clash)
		TRY(drop(installation, plan, place));
	if (!place->goes && place->from > place->clash)
		TRY(move(installation, plan, place));
	if (!place->goes && !strcmp(place->kind->table, "api_key"))
		TRY(rename_key(installation, plan));
	return NULL;
}

/* Backwards: the marks come first, as rows that have one may be dropped. */
fallible merge_places_run(struct installation *installation, const struct merge_plan *plan)
{
	for (size_t i = plan->places->count; i > 0; i--)
		if (plan->places->items[i - 1].from)
			TRY(run_place(installation, plan, &plan->places->items[i - 1]));
	return NULL;
}

fallible merge_places_check(struct installation *installation, const struct merge_plan *plan, char **fault)
{
	struct merge_places now = *plan->places;
	for (size_t i = 0; i < now.count; i++)
		now.items[i].from = now.items[i].into = now.items[i].clash = 0;
	TRY(count_all(installation, plan, &now));
	for (size_t i = 0; !*fault && i < now.count; i++) {
		const struct place *was = &plan->places->items[i], *is = &now.items[i];
		int64_t missing = was->into + (was->goes ? 0 : was->from - was->clash) - is->into;
		if (is->from)
			*fault = text_format("%lld %s are still those of the account %s", (long long)is->from,
					     was->kind->noun, plan->from.id);
		else if (missing > 0 && !was->mark)
			*fault = text_format("%lld %s of the account %s are missing", (long long)missing,
					     was->kind->noun, plan->into.id);
	}
	return NULL;
}
