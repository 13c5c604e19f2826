#include "base/file.h"
#include "base/memory.h"
#include "settings/profile_file.h"

static char *own_path(char *const *environment)
{
	const char *folder = environment_get(environment, "XDG_CONFIG_HOME");
	if (folder && *folder == '/') /* the specification says to ignore a relative one */
		return text_format("%s/owctl/config.yaml", folder);
	const char *home = environment_get(environment, "HOME");
	return home ? text_format("%s/.config/owctl/config.yaml", home) : NULL;
}

char *profile_file_path(char *const *environment)
{
	static const char system_path[] = "/etc/owctl/config.yaml";
	const char *given = environment_get(environment, "OWCTL_CONFIG");
	if (given)
		return text_copy(given);
	char *own = own_path(environment);
	if (own && (file_exists(own) || !file_exists(system_path)))
		return own;
	free(own);
	return text_copy(system_path);
}
