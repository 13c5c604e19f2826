/* Two catalogues beside each other: what the parts of verify_catalogue (migrate/verify.h) share, tables
 * (verify_catalogue.c), their columns (verify_columns.c), their keys and indexes (verify_keys.c). */
#ifndef MIGRATE_COMPARISON_H
#define MIGRATE_COMPARISON_H

#include "migrate/verify.h"

struct comparison {
	const struct catalogue *expected, *newest, *live;
	const struct table_shape *table, *there; /* the one in question, as it should be and as it is */
	enum family family;
	bool alters;
	struct findings *findings;
};

/* What is there besides: its owner's, or of a later revision. `noun` is "a column", `name` "column"; `place` is taken
 * over. */
void comparison_add_besides(struct comparison *comparison, bool later, const char *name, const char *noun,
			    char *place);

/* What the table in question lacks, or has otherwise than it should. */
void compare_columns(struct comparison *comparison);
void compare_keys(struct comparison *comparison);

/* What it has besides. */
void list_columns_besides(struct comparison *comparison);
void list_keys_besides(struct comparison *comparison);

#endif
