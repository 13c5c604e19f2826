#include "migrate/text_keys.h"

#include "base/memory.h"
#include "base/utf8.h"

static const char remedy[] =
	"neither Open WebUI nor owctl finds a row by it: give it a text of its own, there and in what refers to it "
	"(UPDATE .. SET .. = '..' WHERE .. = what stands in brackets), or delete the row";

/* The passes of the chain over tables that may have rows when it starts. */
static const struct passed {
	const char *table, *key;
	enum revision_ordinal since;      /* which made the key what it is; REVISION_NONE: it always was */
	enum revision_ordinal read_by[8]; /* oldest first; ends with REVISION_NONE */
} all[] = {
	{"document", "collection_name", REVISION_NONE, {REVISION_6a39f3d8e55c}},
	{"chat",
	 "id",
	 REVISION_NONE,
	 {REVISION_242a2047eae0, REVISION_1af9b942657b, REVISION_8452d01d26d7, REVISION_b7c8d9e0f1a2,
	  REVISION_c1d2e3f4a5b6, REVISION_9a1b2c3d4e5f, REVISION_d4c1a8e37b62}},
	{"tag", "id", REVISION_NONE, {REVISION_3ab32c4b8f59}},
	{"tag", "user_id", REVISION_NONE, {REVISION_3ab32c4b8f59}},
	{"file", "id", REVISION_NONE, {REVISION_c29facfe716b, REVISION_f1e2d3c4b5a6}},
	{"group", "id", REVISION_NONE, {REVISION_37f288994c47}},
	{"user", "id", REVISION_NONE, {REVISION_b10670c03dd5, REVISION_6d09d1bf1f23}},
	{"knowledge", "id", REVISION_NONE, {REVISION_3e0e00844bb0, REVISION_f1e2d3c4b5a6}},
	{"prompt", "command", REVISION_NONE, {REVISION_374d2f66af06}},
	{"prompt", "id", REVISION_374d2f66af06, {REVISION_f1e2d3c4b5a6}},
	{"note", "id", REVISION_NONE, {REVISION_f1e2d3c4b5a6, REVISION_4de81c2a3af1}},
	{"channel", "id", REVISION_NONE, {REVISION_f1e2d3c4b5a6}},
	{"model", "id", REVISION_NONE, {REVISION_f1e2d3c4b5a6, REVISION_e7b9d4a023bc}},
	{"tool", "id", REVISION_NONE, {REVISION_f1e2d3c4b5a6, REVISION_f8c0e5b134cd}},
	{"function", "id", REVISION_NONE, {REVISION_f8c0e5b134cd}},
	{"skill", "id", REVISION_NONE, {REVISION_d6a8c3f912ab}},
};

/* The first one that is going to read it, or NULL. */
static const struct revision *first_reader(const struct passed *passed, const struct revision *from,
					   const struct revision *to)
{
	if (!revision_reaches(from, passed->since))
		return NULL;
	for (size_t i = 0; passed->read_by[i]; i++) {
		const struct revision *reader = revision_at((int)passed->read_by[i]);
		if (reader->ordinal > from->ordinal)
			return reader->ordinal <= to->ordinal ? reader : NULL;
	}
	return NULL;
}

enum { SHOWN, TYPE, LITERAL };

static void add(struct blockers *blockers, const struct passed *passed, const struct db_rows *row)
{
	AUTO(str) struct str shown = {0};
	struct db_value key = db_cell(row, SHOWN);
	const char *type = db_cell_text(row, TYPE);
	utf8_add_safe(&shown, key.text, key.size);
	blockers_add(blockers, remedy, "%s.%s of a row %s%s: %s (%s)", passed->table, passed->key,
		     text_equal(type, "text") ? "has a NUL in it" : "is no text but of type ",
		     text_equal(type, "text") ? "" : type, str_text(&shown), db_cell_text(row, LITERAL));
}

static fallible find(struct blockers *blockers, const struct passed *passed)
{
	bool exists;
	const char *key = passed->key;
	struct db *db = blockers->installation->db;
	TRY(db_column_exists(db, passed->table, key, &exists));
	if (!exists)
		return NULL;
	AUTO(memory)
	char *sql = text_format("select cast(%s as text), typeof(%s), case typeof(%s) when 'text' then"
				" 'CAST(X''' || hex(%s) || ''' AS TEXT)' else quote(%s) end from \"%s\""
				" where typeof(%s) not in ('text', 'null') or instr(%s, char(0)) > 0 order by %s",
				key, key, key, key, key, passed->table, key, key, key);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		add(blockers, passed, rows);
	return error;
}

fallible text_keys_find_blockers(struct blockers *blockers, const struct revision *from, const struct revision *to)
{
	if (!db_can(blockers->installation->db, DB_CAN_STORE_ANYTHING))
		return NULL;
	for (size_t i = 0; i < COUNT(all); i++) {
		blockers->revision = first_reader(&all[i], from, to);
		if (blockers->revision)
			TRY(find(blockers, &all[i]));
	}
	return NULL;
}
