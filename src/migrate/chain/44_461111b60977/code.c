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

const struct chain_code chain_code_461111b60977 = {.find_blockers = find_blockers, .run = run};
