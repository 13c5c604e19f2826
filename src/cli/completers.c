/* Completers of what every command line may have. */
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"
#include "settings/profile_file.h"

void complete_file(const struct completing *completing UNUSED, const char *prefix UNUSED, struct strings *words)
{
	strings_add(words, ":file");
}

void complete_folder(const struct completing *completing UNUSED, const char *prefix UNUSED, struct strings *words)
{
	strings_add(words, ":folder");
}

void complete_profile(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	AUTO(memory) char *path = profile_file_path(environ);
	AUTO(profile_file) struct profile_file file = {0};
	error_ignore(profile_file_read(path, &file));
	for (size_t i = 0; i < file.count; i++)
		if (text_starts(file.profiles[i].name, prefix))
			strings_add(words, file.profiles[i].name);
}
