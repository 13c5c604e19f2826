#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "commands/user/user.h"

fallible password_obtain(const struct password_source *source, const struct password_rules *rules, const char *what,
			 bool twice, char **password)
{
	if (source->from_stdin + source->generate + (source->file != NULL) > 1)
		return error_hint(error_new(ERR_USAGE, "more than one source for the password"),
				  "give one of --password-stdin, --password-file and --generate");
	if (source->generate)
		return password_rules_generate(rules, password);
	if (source->from_stdin || source->file)
		return file_read_secret(source->from_stdin ? "-" : source->file, password);
	return prompt_password(what, twice, password);
}
