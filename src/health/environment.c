#include "health/environment.h"

#include <string.h>
#include <strings.h>

#include "health/scene.h"
#include "settings/settings.h"

static const char *value_of(const struct orchestrated *own, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < own->environment.count; i++)
		if (text_starts(own->environment.items[i], name) && own->environment.items[i][size] == '=')
			return own->environment.items[i] + size + 1;
	return NULL;
}

fallible environment_look(const struct checking *checking, const char *name, bool *known, const char **value)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));) {
		const struct orchestrated *own = &replica->orchestrated;
		if (!own->known || strings_have(&own->hidden, name))
			continue;
		*known = true;
		*value = value_of(own, name);
		return NULL;
	}
	TRY(settings_get(checking->settings, name, value));
	*known = *value && settings_source(checking->settings, name) > SOURCE_DEFAULT;
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
