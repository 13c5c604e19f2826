#include "settings/layers.h"

fallible layer_profile(struct settings *settings, const char *name)
{
	(void)settings;
	(void)name;
	return NULL;
}
