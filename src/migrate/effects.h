/* What a revision does to which tables of a database: by its SQL, and by what its code says of itself
 * (chain/code.h). */
#ifndef MIGRATE_EFFECTS_H
#define MIGRATE_EFFECTS_H

#include "db/db.h"
#include "openwebui/revision.h"

enum effect {
	EFFECT_MAKES = 1,     /* the table is new */
	EFFECT_ALTERS = 2,    /* columns or constraints, without a look at the rows */
	EFFECT_INDEXES = 4,   /* reads all rows */
	EFFECT_READS = 8,     /* all rows */
	EFFECT_WRITES = 16,   /* rows that are there */
	EFFECT_FILLS = 32,    /* new rows, made of those of another table */
	EFFECT_REMAKES = 64,  /* all rows go to a table that takes its place */
	EFFECT_DROPS = 128,
	EFFECT_REFERS = 256,  /* a foreign key of another table refers to it */
};

struct table_effects {
	char *table;
	unsigned effects; /* enum effect */
	char *from;       /* EFFECT_FILLS: the other table; else NULL */
};
struct effects {
	struct table_effects *items;
	size_t count;
};
void effects_cleanup(struct effects *effects);

/* What is done to a table besides what is known of it already. `from`: of EFFECT_FILLS, or NULL. */
void effects_add(struct effects *effects, const char *table, unsigned effect, const char *from);

/* On this database, in the order in which the tables are come to. */
fallible effects_of(struct db *db, const struct revision *revision, struct effects *effects) MUST_CHECK;

/* In words: "makes chat_message from chat; reads chat". To be freed. */
char *effects_describe(const struct effects *effects) MUST_CHECK;

/* The strongest lock on each table that others notice, "ACCESS EXCLUSIVE on chat, SHARE on file"; on an engine with one
 * lock for all, that one. `online`: by the way that is taken beside others. *text is to be freed; empty: none. */
fallible effects_locks(struct db *db, const struct revision *revision, const struct effects *effects, bool online,
		       char **text) MUST_CHECK;

#endif
