#include "migrate/faults/reference.h"

#include "base/memory.h"

char *reference_name(const struct table_shape *table, const struct key_shape *key)
{
	return text_format("%s.%s", table->name, key->columns.items[0]);
}

char *reference_leads_nowhere(const struct table_shape *table, const struct key_shape *key)
{
	return text_format("\"%s\" is not null and not exists (select 1 from \"%s\" owctl_parent"
			   " where owctl_parent.\"%s\" = \"%s\".\"%s\")",
			   key->columns.items[0], key->parent, key->parent_columns.items[0], table->name,
			   key->columns.items[0]);
}
