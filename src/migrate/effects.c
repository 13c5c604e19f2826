#include "migrate/effects.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/sql_token.h"

void effects_cleanup(struct effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		free(effects->items[i].table);
		free(effects->items[i].from);
	}
	free(effects->items);
	*effects = (struct effects){0};
}

static struct table_effects *find(struct effects *effects, const char *table)
{
	for (size_t i = 0; i < effects->count; i++)
		if (text_equal(effects->items[i].table, table))
			return &effects->items[i];
	return NULL;
}

void effects_add(struct effects *effects, const char *table, unsigned effect, const char *from)
{
	struct table_effects *found = find(effects, table);
	if (!found) {
		effects->items = mem_resize(effects->items, effects->count + 1, sizeof *effects->items);
		found = &effects->items[effects->count++];
		*found = (struct table_effects){.table = text_copy(table)};
	}
	found->effects |= effect;
	if (from && !found->from)
		found->from = text_copy(from);
}

/* ---- SQL ---- */

/* A table that has another name until it is complete. */
static const char *real_name(const char *table)
{
	static const char beginning[] = "owctl_";
	return text_starts(table, beginning) ? table + strlen(beginning) : table;
}

/* A statement begins with `words`, then the table has its name; with `on` that stands behind a name and ON. */
static const struct form {
	const char *words;
	bool on;
	unsigned effect;
} forms[] = {
	{"CREATE TABLE IF NOT EXISTS", false, EFFECT_MAKES},
	{"CREATE TABLE", false, EFFECT_MAKES},
	{"CREATE UNIQUE INDEX", true, EFFECT_INDEXES},
	{"CREATE INDEX IF NOT EXISTS", true, EFFECT_INDEXES},
	{"CREATE INDEX", true, EFFECT_INDEXES},
	{"ALTER TABLE", false, EFFECT_ALTERS},
	{"DROP TABLE", false, EFFECT_DROPS},
	{"UPDATE", false, EFFECT_WRITES},
	{"INSERT INTO", false, EFFECT_FILLS},
};

static void add_references(struct effects *effects, const char *statement, const char *table)
{
	struct sql_token token = sql_token_next(statement);
	for (; token.kind != SQL_END; token = sql_token_next(token.end)) {
		const char *at = token.end;
		if (!sql_token_is(&token, "REFERENCES"))
			continue;
		AUTO(memory) char *parent = sql_take_name(&at);
		if (!text_equal(parent, table))
			effects_add(effects, parent, EFFECT_REFERS, NULL);
	}
}

/* Then further changes cost nothing more. */
static bool is_remade(struct effects *effects, const char *table)
{
	const struct table_effects *known = find(effects, table);
	return known && (known->effects & EFFECT_REMAKES);
}

/* What SQLite does by making the table anew (alter.h). */
static bool remakes(const struct db *db, const char *action)
{
	static const char *const actions[] = {"ADD CONSTRAINT", "DROP CONSTRAINT", "ALTER COLUMN"};
	for (size_t i = 0; i < COUNT(actions) && !db_can(db, DB_CAN_ALTER_TABLES); i++)
		if (sql_take(&action, actions[i]))
			return true;
	return false;
}

/* The table of a statement, with *at behind its name; NULL: it is no statement of this form. To be freed. */
static char *table_of(const struct form *form, const char **at)
{
	if (!sql_take(at, form->words))
		return NULL;
	char *name = sql_take_name(at);
	if (form->on && sql_take(at, "ON")) {
		free(name);
		name = sql_take_name(at);
	}
	return name;
}

static void add_statement(struct effects *effects, const struct db *db, const char *statement)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *rest = statement;
		unsigned effect = forms[i].effect;
		AUTO(memory) char *name = table_of(&forms[i], &rest);
		if (!name)
			continue;
		const char *table = real_name(name);
		if (effect == EFFECT_DROPS && table != name)
			return;
		if (effect == EFFECT_ALTERS && (is_remade(effects, table) || remakes(db, rest)))
			effect = EFFECT_REMAKES;
		effects_add(effects, table, effect, NULL);
		add_references(effects, statement, table);
		return;
	}
}

static void add_sql(struct effects *effects, const struct db *db, const char *sql)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		add_statement(effects, db, statements.items[i]);
}

static fallible add_code(struct effects *effects, struct db *db, const struct chain_code *code)
{
	for (const struct chain_touch *touch = code->touches; touch && touch->table; touch++)
		effects_add(effects, touch->table, touch->effects, touch->from);
	return code->find_touches ? code->find_touches(db, effects) : NULL;
}

fallible effects_of(struct db *db, const struct revision *revision, struct effects *effects)
{
	const struct chain_step *step = chain_step(revision);
	const char *after = chain_sql_after(db, revision);
	add_sql(effects, db, chain_sql(db, revision));
	if (step->code)
		TRY(add_code(effects, db, step->code));
	if (after)
		add_sql(effects, db, after);
	return NULL;
}

/* ---- in words ---- */

static const struct {
	unsigned effect;
	const char *word;
} words[] = {
	{EFFECT_MAKES, "makes"},   {EFFECT_REMAKES, "makes anew"}, {EFFECT_ALTERS, "alters"}, {EFFECT_READS, "reads"},
	{EFFECT_WRITES, "writes"}, {EFFECT_FILLS, "fills"},	   {EFFECT_INDEXES, "indexes"}, {EFFECT_DROPS, "drops"},
};

static void add_words(struct str *text, const struct table_effects *item)
{
	bool is_new = item->effects & EFFECT_MAKES;
	size_t before = text->size;
	for (size_t i = 0; i < COUNT(words); i++) {
		/* That a new table gets its columns and indexes goes without saying. */
		bool said = is_new && (words[i].effect & (EFFECT_ALTERS | EFFECT_INDEXES | EFFECT_WRITES));
		if ((item->effects & words[i].effect) && !said)
			str_add_format(text, "%s%s", text->size > before ? ", " : before ? "; " : "", words[i].word);
	}
	if (text->size > before)
		str_add_format(text, " %s", item->table);
	if (item->from)
		str_add_format(text, " from %s", item->from);
}

char *effects_describe(const struct effects *effects)
{
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < effects->count; i++)
		add_words(&text, &effects->items[i]);
	return str_take(&text);
}
