#include "openwebui/releases.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"

static const struct release releases[] = {
#define RELEASE(version, revision) {version, #revision},
#include "openwebui/releases.def"
};

const struct release *release_find(const char *version)
{
	for (size_t i = 0; i < COUNT(releases); i++)
		if (strcmp(releases[i].version, version) == 0)
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

bool releases_of_revision(const char *id, const struct release **first, const struct release **last)
{
	const struct release *oldest = NULL, *newest = NULL;

	for (size_t i = 0; i < COUNT(releases); i++) {
		if (strcmp(releases[i].revision, id) != 0)
			continue;
		if (!oldest)
			oldest = &releases[i];
		newest = &releases[i];
	}
	if (!oldest)
		return false;
	*first = oldest;
	*last = newest;
	return true;
}
