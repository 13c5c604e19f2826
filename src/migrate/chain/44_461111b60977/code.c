/* Tables that are older than the chain have no primary key, but the same unique column. */
#include "migrate/chain/code.h"
#include "migrate/primary_key.h"

static const struct table {
	const char *name;
	const char *key[3]; /* ends with NULL */
} tables[] = {
	{"auth", {"id"}},   {"chat", {"id"}},  {"chatidtag", {"id"}}, {"document", {"id"}},
	{"file", {"id"}},   {"function", {"id"}}, {"memory", {"id"}},  {"model", {"id"}},
	{"prompt", {"id"}}, {"tag", {"id", "user_id"}}, {"tool", {"id"}}, {"user", {"id"}},
};

static fallible find_blockers(struct blockers *blockers)
{
	for (size_t i = 0; i < COUNT(tables); i++)
		TRY(primary_key_find_blockers(blockers, tables[i].name, tables[i].key));
	return NULL;
}

static fallible run(struct work *work)
{
	for (size_t i = 0; i < COUNT(tables); i++)
		TRY(primary_key_add(work->db, tables[i].name, tables[i].key));
	return NULL;
}

/* On most databases all of them have it. */
static fallible find_touches(struct db *db, struct effects *effects)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		bool lacks;
		TRY(primary_key_is_lacking(db, tables[i].name, tables[i].key, &lacks));
		if (lacks)
			effects_add(effects, tables[i].name,
				    db_can(db, DB_CAN_ALTER_TABLES) ? EFFECT_INDEXES | EFFECT_ALTERS : EFFECT_REMAKES,
				    NULL);
	}
	return NULL;
}

const struct chain_code chain_code_461111b60977 = {
	.find_blockers = find_blockers, .run = run, .find_touches = find_touches};
