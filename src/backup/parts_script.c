#include "backup/parts_script.h"

char *parts_script(const struct db_parts *parts, const struct strings *others, bool before)
{
	struct str script = {0};
	for (size_t i = 0; i < parts->count; i++)
		if ((parts->items[i].kind <= DB_PART_TABLE) == before &&
		    !(others && strings_have(others, parts->items[i].table)))
			str_add_format(&script, "%s;\n", parts->items[i].sql);
	return str_take(&script);
}
