#include "openwebui/revision.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"

static const struct revision revisions[] = {
#define REVISION(number, id, title, sql, code) {REVISION_##id, #id, title},
#include "openwebui/revisions.def"
#undef REVISION
};

const struct revision *revision_find(const char *id)
{
	for (size_t i = 0; i < COUNT(revisions); i++)
		if (!strcmp(revisions[i].id, id))
			return &revisions[i];
	return NULL;
}

const struct revision *revision_at(int ordinal)
{
	return ordinal > REVISION_NONE && ordinal <= revision_count() ? &revisions[ordinal - 1] : NULL;
}

const struct revision *revision_head(void)
{
	return &revisions[COUNT(revisions) - 1];
}

int revision_count(void)
{
	return (int)COUNT(revisions);
}
