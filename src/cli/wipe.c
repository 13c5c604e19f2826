#include "cli/wipe.h"

#include <string.h>

#include "base/memory.h"
#include "settings/mask.h"
#include "settings/profile_file.h"

/* Behind "--database=" or "--set=", else all of it. */
static char *value_of(char *word)
{
	char *equals = *word == '-' ? strchr(word, '=') : NULL;
	return equals ? equals + 1 : word;
}

/* In doubt it is wiped: all that is lost is a word in the list of processes. But what is neither a URL nor has a "=",
 * the mail addresses and names of most command lines, stays. */
static char *secret_in(char *value)
{
	char *equals = strchr(value, '=');
	AUTO(memory) char *name = text_copy_n(value, equals ? (size_t)(equals - value) : 0);
	const struct setting *setting = setting_find(name); /* of `profile add --set NAME=VALUE` */
	if (setting)
		return setting_is_secret(setting, equals + 1) ? equals + 1 : NULL;
	if (!equals && !strstr(value, "://"))
		return NULL;
	AUTO(memory) char *shown = url_mask(value);
	return strcmp(shown, value) ? value : NULL;
}

void wipe_secrets(int count, char *const *words)
{
	for (int i = 0; i < count; i++) {
		char *secret = secret_in(value_of(words[i]));
		if (secret)
			memset(secret, 'x', strlen(secret));
	}
}
