#include "migrate/verify_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"

#define NAMES_SHOWN 3

/* ---- counting ---- */

void tally_cleanup(struct tally *tally)
{
	str_cleanup(&tally->names);
}

void tally_add(struct tally *tally, const char *row)
{
	if (tally->count++ < NAMES_SHOWN)
		str_add_format(&tally->names, "%s%s", tally->count > 1 ? ", " : "", row ? row : "one without a name");
}

void tally_report(struct tally *tally, struct findings *findings, struct finding finding)
{
	if (!tally->count) {
		free(finding.place);
		free(finding.what);
		free(finding.mend);
		return;
	}
	AUTO(memory) char *what = finding.what;
	AUTO(memory) char *more = tally->count > NAMES_SHOWN
					  ? text_format(" and %lld more", (long long)(tally->count - NAMES_SHOWN))
					  : text_copy("");
	finding.kind = FINDING_DATA;
	finding.what = text_format("%s: %s%s", what, str_text(&tally->names), more);
	finding.count = tally->count;
	findings_add(findings, finding);
}

static fallible count_rows(struct row_search *search, const char *sql, struct tally *tally)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(search->db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		tally_add(tally, db_cell_text(rows, 0));
	return error;
}

fallible search_query(struct row_search *search, const char *sql, struct finding finding)
{
	AUTO(tally) struct tally tally = {0};
	struct error *error = count_rows(search, sql, &tally);
	if (error)
		tally.count = 0;
	tally_report(&tally, search->findings, finding);
	return error;
}

bool search_has(const struct row_search *search, const char *name)
{
	const char *dot = strchr(name, '.');
	AUTO(memory) char *table = dot ? text_copy_n(name, (size_t)(dot - name)) : text_copy(name);
	const struct table_shape *there = catalogue_table(search->live, table);
	return there && (!dot || catalogue_column(there, dot + 1));
}

const char *search_key(const struct table_shape *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].key == 1)
			return table->columns[i].name;
	return table->columns[0].name;
}

/* ---- what has to be true of rows, and no key of the database says ---- */

static const struct rule {
	const char *name;
	enum revision_ordinal since;
	const char *needs; /* tables and columns; where one is not there, the catalogue is at fault */
	const char *sql;   /* the rows for which it is not true */
	const char *place, *what, *mend;
	bool breaks;
} rules[] = {
	{.name = "duplicate-address",
	 .since = REVISION_f0bd01a18a3d, /* before, they are a state that migrate/faults.h knows */
	 .needs = "user.email",
	 .sql = "select lower(email) from \"user\" where email is not null group by lower(email) having count(*) > 1"
		" order by 1",
	 .place = "user.email",
	 .what = "several accounts have the same address",
	 .mend = "owctl user conflicts shows them, owctl user merge makes one of two"},
	{.name = "no-credentials",
	 .since = REVISION_0bd252b206fb,
	 .needs = "user.id auth.id",
	 .sql = "select u.id from \"user\" u where not exists (select 1 from auth a where a.id = u.id) order by u.id",
	 .place = "auth",
	 .what = "accounts have no row there",
	 .mend = "insert into auth (id, email, password, active) select u.id, u.email, '', true from \"user\" u where "
		 "not exists (select 1 from auth a where a.id = u.id)",
	 .breaks = true},
	/* A chat of the oldest form has its messages in a list, and no rows. */
	{.name = "no-current-message",
	 .since = REVISION_9a1b2c3d4e5f,
	 .needs = "chat.current_message_id chat_message.chat_id",
	 .sql = "select c.id from chat c where c.current_message_id <> ''"
		" and exists (select 1 from chat_message m where m.chat_id = c.id)"
		" and not exists (select 1 from chat_message m where m.id = c.id || '-' || c.current_message_id"
		" or m.id = c.current_message_id) order by c.id",
	 .place = "chat.current_message_id",
	 .what = "names messages that are not there",
	 .mend = "update chat set current_message_id = NULL for these chats"},
};

static bool has_all(const struct row_search *search, const char *needs)
{
	AUTO(strings) struct strings names = {0};
	strings_split(&names, needs, ' ');
	for (size_t i = 0; i < names.count; i++)
		if (!search_has(search, names.items[i]))
			return false;
	return true;
}

static fallible check_rule(struct row_search *search, const struct rule *rule)
{
	if (!revision_reaches(search->revision, rule->since) || !has_all(search, rule->needs))
		return NULL;
	return search_query(search, rule->sql,
			    (struct finding){.name = rule->name,
					     .place = text_copy(rule->place),
					     .what = text_copy(rule->what),
					     .mend = text_copy(rule->mend),
					     .breaks = rule->breaks});
}

/* ---- grants ---- */

/* What a grant names by a kind and an id: of whom it is, and for what. */
static const struct {
	const char *column, *kind, *table;
} granted[] = {
	{"principal", "user", "user"},
	{"principal", "group", "group"},
	{"resource", "knowledge", "knowledge"},
	{"resource", "prompt", "prompt"},
	{"resource", "tool", "tool"},
	{"resource", "model", "model"},
	{"resource", "note", "note"},
	{"resource", "channel", "channel"},
	{"resource", "file", "file"},
	{"resource", "skill", "skill"},
	{"resource", "shared_chat", "chat"}, /* it names the chat, not the row of shared_chat */
	{"resource", "calendar", "calendar"},
	{"resource", "folder", "folder"},
};

static fallible check_grants(struct row_search *search)
{
	for (size_t i = 0; i < COUNT(granted) && search_has(search, "access_grant.resource_id"); i++) {
		const char *column = granted[i].column, *kind = granted[i].kind, *table = granted[i].table;
		if (!search_has(search, table))
			continue;
		AUTO(memory) char *sql = text_format(
			"select g.id from access_grant g where g.%s_type = '%s' and g.%s_id <> '*' and not exists"
			" (select 1 from \"%s\" r where r.id = g.%s_id) order by g.id",
			column, kind, column, table, column);
		TRY(search_query(search, sql,
				 (struct finding){.name = "orphan",
						  .place = text_format("access_grant.%s_id", column),
						  .what = text_format("grants name a %s that is not there", table),
						  .mend = text_copy("delete the grants")}));
	}
	return NULL;
}

/* ---- versions ---- */

static const struct {
	const char *table;
	enum revision_ordinal since;
} versioned[] = {
	{"prompt", REVISION_374d2f66af06}, {"skill", REVISION_d6a8c3f912ab},    {"model", REVISION_e7b9d4a023bc},
	{"tool", REVISION_f8c0e5b134cd},   {"function", REVISION_f8c0e5b134cd},
};

static fallible check_versions(struct row_search *search)
{
	for (size_t i = 0; i < COUNT(versioned); i++) {
		const char *table = versioned[i].table;
		AUTO(memory) char *needs = text_format("%s.version_id %s_history.id", table, table);
		if (!revision_reaches(search->revision, versioned[i].since) || !has_all(search, needs))
			continue;
		AUTO(memory) char *sql = text_format(
			"select t.id from \"%s\" t where t.version_id is null or not exists"
			" (select 1 from %s_history h where h.id = t.version_id) order by t.id",
			table, table);
		TRY(search_query(search, sql,
				 (struct finding){.name = "no-version",
						  .place = text_format("%s.version_id", table),
						  .what = text_copy("names no version that is there"),
						  .mend = text_format("save the %s in Open WebUI once", table)}));
	}
	return NULL;
}

static fallible check_rules(struct row_search *search)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		TRY(check_rule(search, &rules[i]));
	return NULL;
}

static fallible (*const checks[])(struct row_search *search) = {
	check_rules, search_duplicates, check_grants, check_versions, search_json,
};

fallible verify_rows(struct installation *installation, const struct catalogues *catalogues, struct findings *findings)
{
	struct row_search search = {.db = installation->db,
				    .revision = installation->revision,
				    .expected = catalogues->expected,
				    .live = &catalogues->live,
				    .findings = findings};
	for (size_t i = 0; i < COUNT(checks); i++) {
		TRY(cancel_check());
		TRY(checks[i](&search));
	}
	return NULL;
}
