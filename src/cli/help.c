#include "cli/run.h"

void help_write(struct str *out, const struct command *command, const char *path, size_t width)
{
	(void)path; (void)width;
	str_add_format(out, "%s\n", command->summary);
}
