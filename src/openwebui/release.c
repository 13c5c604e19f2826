#include "openwebui/release.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"

static const struct release releases[] = {
#define RELEASE(version, head) {version, #head},
#include "openwebui/releases.def"
#undef RELEASE
};

const struct release *release_find(const char *version)
{
	if (*version == 'v')
		version++;
	for (size_t i = 0; i < COUNT(releases); i++)
		if (!strcmp(releases[i].version, version))
			return &releases[i];
	return NULL;
}

const struct release *release_at(int index)
{
	return index >= 0 && (size_t)index < COUNT(releases) ? &releases[index] : NULL;
}

const struct release *release_latest(void)
{
	return &releases[COUNT(releases) - 1];
}

int release_compare(const char *one, const char *other)
{
	return strverscmp(one, other);
}

bool release_span(const char *revision, const struct release **first, const struct release **last)
{
	*first = *last = NULL;
	for (size_t i = 0; i < COUNT(releases); i++) {
		if (strcmp(releases[i].head, revision) != 0)
			continue;
		if (!*first)
			*first = &releases[i];
		*last = &releases[i];
	}
	return *first;
}
