#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "commands/user/user.h"

#define GENERATED_LENGTH 20

fallible password_obtain(const struct password_source *source, const char *what, bool twice, char **password)
{
	if (source->from_stdin + source->generate + (source->file != NULL) > 1)
		return error_hint(error_new(ERR_USAGE, "more than one source for the password"),
				  "give one of --password-stdin, --password-file and --generate");
	if (source->generate) {
		*password = random_password(GENERATED_LENGTH);
		return NULL;
	}
	if (source->from_stdin || source->file)
		return file_read_secret(source->from_stdin ? "-" : source->file, password);
	return prompt_password(what, twice, password);
}

fallible password_algorithm_of(struct settings *settings, enum password_algorithm *algorithm)
{
	const char *name;
	TRY(settings_get(settings, "PASSWORD_HASH_ALGORITHM", &name));
	*algorithm = PASSWORD_BCRYPT;
	if (!name || !strcasecmp(name, "bcrypt"))
		return NULL;
	if (strcasecmp(name, "argon2") != 0)
		return error_hint(error_new(ERR_SETTINGS, "PASSWORD_HASH_ALGORITHM (%s): unknown algorithm \"%s\"",
					    settings_origin(settings, "PASSWORD_HASH_ALGORITHM"), name),
				  "Open WebUI knows bcrypt and argon2");
	*algorithm = PASSWORD_ARGON2;
	return NULL;
}
