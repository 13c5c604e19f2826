/* Which columns a database has. For what works on databases of any age, and goes by what is there. */
#ifndef PROVISION_KNOWN_COLUMNS_H
#define PROVISION_KNOWN_COLUMNS_H

#include "openwebui/installation.h"

struct known_columns {
	struct strings names; /* "table.column" */
	struct strings types; /* of each */
};
fallible known_columns_read(struct installation *installation, struct known_columns *columns) MUST_CHECK;
void known_columns_cleanup(struct known_columns *columns);

/* Before statements over dozens of tables: PostgreSQL would compile each of them, for seconds, to save milliseconds.
 * Holds until the transaction ends. */
fallible statements_without_compiler(struct installation *installation) MUST_CHECK;

/* The type of a column as the engine calls it, in lower case; NULL: it is not there. Borrowed. */
const char *known_columns_type(const struct known_columns *columns, const char *table, const char *column);

#endif
