#include "base/json.h"

static int add(const char *bytes, size_t size, void *out)
{
	str_add_n(out, bytes, size);
	return 0;
}

void json_add_line(struct str *out, const json_t *json)
{
	json_dump_callback(json, add, out, JSON_COMPACT);
	str_add_char(out, '\n');
}
