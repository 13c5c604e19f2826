#include "health/environment.h"

#include <stdlib.h>
#include <strings.h>

#include "base/str.h"
#include "health/orchestrated.h"
#include "health/scene.h"
#include "settings/settings.h"

fallible environment_look(const struct checking *checking, const char *name, bool *known, const char **value)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		const struct orchestrated *own = &replica->orchestrated;
		if (!own->known || orchestrated_hides(own, name))
			continue;
		*value = orchestrated_setting(own, name);
		/* A container's is all of it; that of a specification lacks what the image brings along. */
		*known = *value || text_equal(own->kind, "container");
		if (*known)
			return NULL;
		break;
	}
	TRY(settings_get(checking->settings, name, value));
	*known = *value && settings_source(checking->settings, name) > SOURCE_DEFAULT;
	return NULL;
}

fallible environment_number(const struct checking *checking, const char *name, int64_t fallback, bool *known,
			    int64_t *number)
{
	const char *text = NULL;
	char *end;
	TRY(environment_look(checking, name, known, &text));
	*number = text ? strtoll(text, &end, 10) : fallback;
	*known = *known && text && end != text && !*end;
	if (!text || end == text || *end)
		*number = fallback;
	return NULL;
}

fallible environment_is(const struct checking *checking, const char *name, const char *word, bool *is)
{
	bool known;
	const char *value = NULL;
	TRY(environment_look(checking, name, &known, &value));
	*is = known && value && !strcasecmp(value, word);
	return NULL;
}
