/* Commands for owctl's own scripts: completion, and the pages that are made from the descriptors. Not in help. */
#ifndef CLI_HIDDEN_H
#define CLI_HIDDEN_H

#include "base/error.h"

struct hidden_command {
	const char *name;
	fallible (*run)(int count, char *const *words); /* words after the name */
};

const struct hidden_command *find_hidden(const char *name);

#endif
