/* JSON that names an account inside. Chats and what else can be large is changed by the database itself, which knows
 * how its servers write a member; small documents, which may have lists of accounts, are read here. Of the large ones
 * those of the two accounts are looked at, and the chats that they have written in; of the small ones all. */
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/memory.h"
#include "provision/merge_parts.h"

enum reader { BY_DATABASE, BY_TREE, AS_LIST };

static const struct kind {
	const char *noun, *table, *column;
	enum reader reader;
	bool own; /* those of the two accounts alone */
} kinds[] = {
	{"chats that name it inside", "chat", "chat", BY_DATABASE, true},
	{"chat messages that name it inside", "chat_message", "files", BY_DATABASE, true},
	{"shared chats that name it inside", "shared_chat", "chat", BY_DATABASE, true},
	{"feedback entries that name it inside", "feedback", "snapshot", BY_DATABASE, true},
	{"channel messages that name it inside", "message", "data", BY_DATABASE, true},
	{"folders that name it inside", "folder", "data", BY_DATABASE, true},
	{"files that name it inside", "file", "meta", BY_DATABASE, true},
	{"models that name it inside", "model", "meta", BY_TREE, false},
	{"versions of models that name it inside", "model_history", "snapshot", BY_TREE, false},
	{"versions of prompts that name it inside", "prompt_history", "snapshot", BY_TREE, false},
	{"knowledge bases that name it inside", "knowledge", "meta", BY_TREE, false},
	{"settings that name it inside", "config", "value", BY_TREE, false},
	{"settings that name it inside", "config", "data", BY_TREE, false},
	{"member lists of groups", "group", "user_ids", AS_LIST, false},
	{"access rules of models", "model", "access_control", BY_TREE, false},
	{"access rules of knowledge bases", "knowledge", "access_control", BY_TREE, false},
	{"access rules of prompts", "prompt", "access_control", BY_TREE, false},
	{"access rules of tools", "tool", "access_control", BY_TREE, false},
	{"access rules of notes", "note", "access_control", BY_TREE, false},
	{"access rules of channels", "channel", "access_control", BY_TREE, false},
	{"access rules of files", "file", "access_control", BY_TREE, false},
};

/* How members with an id are written: by orjson without blanks, by json.dumps with them, by PostgreSQL with more. */
static const char *const members[] = {
	"\"user_id\":",        "\"user_id\": ",      "\"user_id\" : ",        "\"principal_id\":", "\"principal_id\": ",
	"\"principal_id\" : ", "\"user\":{\"id\":", "\"user\": {\"id\": ",
};

struct merge_documents {
	int64_t found[COUNT(kinds)];
	bool there[COUNT(kinds)], json[COUNT(kinds)]; /* the columns; PostgreSQL has them as json, or as a text */
	bool by_message;                 /* whether chats of others can have messages of the account */
};

void merge_documents_free(struct merge_documents *documents)
{
	free(documents);
}

/* Parameters of the statements: $1 the id as JSON without quotes (which have a \ before them in a list that is inside a
 * string), $2 .. its members and what they become, the last two the accounts. */
#define FROM (2 + 2 * COUNT(members))
#define INTO (FROM + 1)

struct words {
	char *texts[FROM - 1];
	struct db_value values[INTO];
};

static void words_cleanup(struct words *words)
{
	for (size_t i = 0; i < COUNT(words->texts); i++)
		free(words->texts[i]);
}

static struct words words_of(const struct merge_plan *plan)
{
	struct words words = {0};
	AUTO(str) struct str from = {0}, into = {0};
	json_add_string(&from, plan->from.id, strlen(plan->from.id));
	json_add_string(&into, plan->into.id, strlen(plan->into.id));
	words.texts[0] = text_copy_n(from.data + 1, from.size - 2);
	for (size_t i = 0; i < COUNT(members); i++) {
		words.texts[1 + 2 * i] = text_format("%s%s", members[i], str_text(&from));
		words.texts[2 + 2 * i] = text_format("%s%s", members[i], str_text(&into));
	}
	for (size_t i = 0; i < COUNT(words.texts); i++)
		words.values[i] = db_text(words.texts[i]);
	words.values[FROM - 1] = db_text(plan->from.id);
	words.values[INTO - 1] = db_text(plan->into.id);
	return words;
}

/* What the column holds, as a text. */
static char *text_of(const struct installation *installation, const struct kind *kind)
{
	return text_format("\"%s\"%s", kind->column, db_pick(installation->db, "", "::text"));
}

static void add_renamed(struct str *sql, const char *text)
{
	for (size_t i = 0; i < COUNT(members); i++)
		str_add(sql, "replace(");
	str_add(sql, text);
	for (size_t i = 0; i < COUNT(members); i++)
		str_add_format(sql, ", $%zu, $%zu)", 2 + 2 * i, 3 + 2 * i);
}

/* " where ..": documents that the account has in it, in one of the members if it is for the database. */
static void add_condition(struct str *sql, const struct installation *installation, const struct merge_plan *plan,
			  const struct kind *kind)
{
	AUTO(memory) char *text = text_of(installation, kind);
	str_add_format(sql, " where %s(%s, $1) > 0", db_pick(installation->db, "instr", "strpos"), text);
	if (!kind->own)
		return;
	str_add_format(sql, " and (user_id in ($%zu, $%zu)", FROM, INTO);
	if (plan->documents->by_message && !strcmp(kind->table, "chat"))
		str_add_format(sql, " or id in (select chat_id from chat_message where user_id in ($%zu, $%zu))", FROM,
			       INTO);
	str_add(sql, ") and ");
	add_renamed(sql, text);
	str_add_format(sql, " <> %s", text);
}

static fallible count_by_database(struct installation *installation, const struct merge_plan *plan, int64_t *found)
{
	AUTO(words) struct words words = words_of(plan);
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!plan->documents->there[i] || kinds[i].reader != BY_DATABASE)
			continue;
		str_add_format(&sql, "%sselect %zu, count(*) from \"%s\"", sql.size ? " union all " : "", i,
			       kinds[i].table);
		add_condition(&sql, installation, plan, &kinds[i]);
	}
	if (!sql.size)
		return NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, str_text(&sql), words.values, INTO, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		int64_t number = db_cell_integer(rows, 0);
		if (number < 0 || (size_t)number >= COUNT(kinds))
			return error_new(ERR_FAILED, "the database answered with what was not asked for");
		found[number] = db_cell_integer(rows, 1);
	}
	return error;
}

static fallible change_by_database(struct installation *installation, const struct merge_plan *plan, size_t number)
{
	const struct kind *kind = &kinds[number];
	AUTO(words) struct words words = words_of(plan);
	AUTO(memory) char *text = text_of(installation, kind);
	AUTO(str) struct str sql = {0};
	int64_t changed;
	str_add_format(&sql, "update \"%s\" set \"%s\" = (", kind->table, kind->column);
	add_renamed(&sql, text);
	str_add_format(&sql, ")%s",
		       plan->documents->json[number] ? db_pick(installation->db, "", "::json") : "");
	add_condition(&sql, installation, plan, kind);
	TRY(db_run(installation->db, str_text(&sql), words.values, INTO, &changed));
	return merge_changed(changed, plan->documents->found[number], kind->noun);
}

/* Documents and where they stand: the engine's own place of a row, since some of these tables have no key. */
struct renamed {
	struct strings places, texts;
};

static void renamed_cleanup(struct renamed *renamed)
{
	strings_cleanup(&renamed->places);
	strings_cleanup(&renamed->texts);
}

static fallible read_by_tree(struct installation *installation, const struct merge_plan *plan, size_t number,
			     struct renamed *renamed)
{
	const struct kind *kind = &kinds[number];
	AUTO(words) struct words words = words_of(plan);
	AUTO(memory) char *text = text_of(installation, kind);
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "select %s, %s from \"%s\"", db_pick(installation->db, "rowid", "ctid::text"), text,
		       kind->table);
	add_condition(&sql, installation, plan, kind);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, str_text(&sql), words.values, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		AUTO(str) struct str made = {0};
		struct db_value found = db_cell(rows, 1);
		if (found.type != DB_TEXT || !merge_json(found.text, found.size, plan->from.id, plan->into.id,
							 kind->reader == AS_LIST, &made))
			continue;
		strings_add(&renamed->places, db_cell_text(rows, 0));
		strings_add(&renamed->texts, str_text(&made));
	}
	return error;
}

static fallible change_by_tree(struct installation *installation, const struct merge_plan *plan, size_t number)
{
	const struct kind *kind = &kinds[number];
	AUTO(renamed) struct renamed renamed = {0};
	AUTO(memory) char *sql = text_format("update \"%s\" set \"%s\" = $1 where %s", kind->table, kind->column,
					     db_pick(installation->db, "rowid = cast($2 as integer)", "ctid = $2"));
	TRY(read_by_tree(installation, plan, number, &renamed));
	int64_t done = 0, changed;
	for (size_t i = 0; i < renamed.places.count; i++, done += changed) {
		const struct db_value parameters[] = {db_text(renamed.texts.items[i]),
						      db_text(renamed.places.items[i])};
		TRY(db_run(installation->db, sql, parameters, COUNT(parameters), &changed));
	}
	return merge_changed(done, plan->documents->found[number], kind->noun);
}

static fallible count_all(struct installation *installation, const struct merge_plan *plan, int64_t *found)
{
	TRY(count_by_database(installation, plan, found));
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(renamed) struct renamed renamed = {0};
		if (!plan->documents->there[i] || kinds[i].reader == BY_DATABASE)
			continue;
		TRY(read_by_tree(installation, plan, i, &renamed));
		found[i] = (int64_t)renamed.places.count;
	}
	return NULL;
}

fallible merge_documents_plan(struct installation *installation, const struct known_columns *columns,
			      struct merge_plan *plan)
{
	struct merge_documents *documents = plan->documents = mem_new(1, sizeof *documents);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *type = known_columns_type(columns, kinds[i].table, kinds[i].column);
		documents->there[i] = type != NULL;
		documents->json[i] = text_equal(type, "json");
	}
	documents->by_message = known_columns_type(columns, "chat_message", "user_id") != NULL;
	TRY(count_all(installation, plan, documents->found));
	for (size_t i = 0; i < COUNT(kinds); i++)
		merge_add_step(plan, kinds[i].noun, kinds[i].table, documents->found[i], MERGE_CHANGES);
	return NULL;
}

fallible merge_documents_run(struct installation *installation, const struct merge_plan *plan)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!plan->documents->found[i])
			continue;
		if (kinds[i].reader == BY_DATABASE)
			TRY(change_by_database(installation, plan, i));
		else
			TRY(change_by_tree(installation, plan, i));
	}
	return NULL;
}

fallible merge_documents_check(struct installation *installation, const struct merge_plan *plan, char **fault)
{
	int64_t found[COUNT(kinds)] = {0};
	if (*fault)
		return NULL;
	TRY(count_all(installation, plan, found));
	for (size_t i = 0; !*fault && i < COUNT(kinds); i++)
		if (found[i])
			*fault = text_format("%lld %s: the account %s", (long long)found[i], kinds[i].noun,
					     plan->from.id);
	return NULL;
}
