#include "migrate/effects.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/chain/statements.h"

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

/* Tables that take the place of others in the end, or have another name until they are complete. */
static const char *const stand_ins[] = {"_alembic_tmp_", "owctl_"};

static const char *real_name(const char *table)
{
	for (size_t i = 0; i < COUNT(stand_ins); i++)
		if (text_starts(table, stand_ins[i]))
			return table + strlen(stand_ins[i]);
	return table;
}

/* A statement begins with `words`, then the table has its name; with `on` that stands behind this word. */
static const struct form {
	const char *words, *on;
	unsigned effect;
} forms[] = {
	{"CREATE TABLE IF NOT EXISTS ", NULL, EFFECT_MAKES},
	{"CREATE TABLE ", NULL, EFFECT_MAKES},
	{"CREATE UNIQUE INDEX ", " ON ", EFFECT_INDEXES},
	{"CREATE INDEX ", " ON ", EFFECT_INDEXES},
	{"ALTER TABLE ", NULL, EFFECT_ALTERS},
	{"DROP TABLE ", NULL, EFFECT_DROPS},
	{"UPDATE ", NULL, EFFECT_WRITES},
	{"INSERT INTO ", NULL, EFFECT_FILLS},
};

static void add_references(struct effects *effects, const char *statement, const char *table)
{
	static const char word[] = "REFERENCES ";
	for (const char *at = strstr(statement, word); at; at = strstr(at, word)) {
		at += strlen(word);
		AUTO(memory) char *parent = statement_name(&at);
		if (!text_equal(parent, table))
			effects_add(effects, parent, EFFECT_REFERS, NULL);
	}
}

/* What SQLite does by making the table anew (alter.h). */
static bool remakes(const struct db *db, const char *action)
{
	static const char *const actions[] = {" ADD CONSTRAINT ", " DROP CONSTRAINT ", " ALTER COLUMN "};
	for (size_t i = 0; i < COUNT(actions) && !db_can(db, DB_CAN_ALTER_TABLES); i++)
		if (strstr(action, actions[i]))
			return true;
	return false;
}

/* CREATE TABLE _alembic_tmp_x is of x, which is there already, and gets its rows back. */
static void add_statement(struct effects *effects, const struct db *db, const char *statement)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *rest = statement_behind(statement, forms[i].words);
		if (rest && forms[i].on) {
			rest = strstr(rest, forms[i].on);
			rest = rest ? rest + strlen(forms[i].on) : NULL;
		}
		if (!rest)
			continue;
		AUTO(memory) char *name = statement_name(&rest);
		const char *table = real_name(name);
		if (forms[i].effect == EFFECT_DROPS && table != name)
			return;
		bool remade = text_starts(name, stand_ins[0]);
		const struct table_effects *known = find(effects, table);
		remade |= known && (known->effects & EFFECT_REMAKES) && forms[i].effect != EFFECT_INDEXES;
		remade |= forms[i].effect == EFFECT_ALTERS && remakes(db, rest);
		effects_add(effects, table, remade ? EFFECT_REMAKES : forms[i].effect, NULL);
		add_references(effects, statement, table);
		return;
	}
}

static void add_sql(struct effects *effects, const struct db *db, const char *sql)
{
	AUTO(strings) struct strings statements = {0};
	statements_of(sql, &statements);
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
	const char *after = step->code ? db_pick(db, step->code->after_sqlite, step->code->after_postgresql) : NULL;
	add_sql(effects, db, db_pick(db, step->sqlite_sql, step->postgresql_sql));
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

/* The manual of PostgreSQL, "Explicit Locking": from the strongest on. Reading keeps nobody waiting. */
static const struct {
	unsigned effects;
	const char *lock;
} locks[] = {
	{EFFECT_ALTERS | EFFECT_REMAKES | EFFECT_DROPS, "ACCESS EXCLUSIVE"},
	{EFFECT_REFERS, "SHARE ROW EXCLUSIVE"},
	{EFFECT_INDEXES, "SHARE"},
	{EFFECT_WRITES | EFFECT_FILLS, "ROW EXCLUSIVE"},
};

char *effects_locks(const struct db *db, const struct effects *effects)
{
	AUTO(str) struct str text = {0};
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return text_copy(effects->count ? "writing to the database" : "");
	for (size_t i = 0; i < effects->count; i++) {
		const struct table_effects *item = &effects->items[i];
		for (size_t j = 0; j < COUNT(locks) && !(item->effects & EFFECT_MAKES); j++)
			if (item->effects & locks[j].effects) {
				str_add_format(&text, "%s%s on %s", text.size ? ", " : "", locks[j].lock, item->table);
				break;
			}
	}
	return str_take(&text);
}
