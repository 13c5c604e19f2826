/* Pages that are documents of docs/ as they are. */
#include "base/embed.h"
#include "cli/markdown.h"
#include "commands/manual/manual.h"

EMBED_FILE(backup_format, "docs/backup-format.md");
EMBED_FILE(tutorial, "docs/tutorial.md");

static void write_prose(struct str *out, const char *text)
{
	str_add(out, ".Sh DESCRIPTION\n");
	man_markdown(out, text);
}

void manual_backup_format(struct str *out)
{
	write_prose(out, backup_format);
}

void manual_tutorial(struct str *out)
{
	write_prose(out, tutorial);
}
