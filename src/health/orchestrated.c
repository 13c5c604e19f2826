#include "health/orchestrated.h"

#include <string.h>

#include "base/memory.h"

void orchestrated_add_setting(struct orchestrated *own, const char *name, const char *value)
{
	strings_add_taken(&own->environment, text_format("%s=%s", name, value));
}

const char *orchestrated_setting(const struct orchestrated *own, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = own->environment.count; i > 0; i--) { /* the last one counts */
		const char *line = own->environment.items[i - 1];
		if (!strncmp(line, name, size) && line[size] == '=')
			return line + size + 1;
	}
	return NULL;
}

bool orchestrated_hides(const struct orchestrated *own, const char *name)
{
	return strings_have(&own->hidden, name) || strings_have(&own->hidden, ORCHESTRATED_HIDES_ANY);
}
