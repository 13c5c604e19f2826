/* Man pages that are about no command of their own: formats of files, and what is to be known besides. What they tell
 * is known above this layer (checks of health, revisions), so that is where the table is: commands/manual/. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/error.h"
#include "base/str.h"
#include "cli/command.h"

struct manual {
	const char *name;    /* "owctl.yaml" */
	int section;         /* 5: a file; 7: all else */
	const char *summary; /* one clause */
	const char *const *groups; /* commands of the first level whose pages refer to it; ends with NULL */
	const char *text;	   /* all of it, as Markdown; NULL: `write` tells it */
	void (*write)(struct str *out); /* mdoc: begins with .Sh DESCRIPTION, ends before SEE ALSO */
};

extern const struct manual manuals[]; /* commands/manual/manual.c; ends with a NULL name */

/* ---- all pages, those of commands as well ---- */

/* The names of their files, a line each: "owctl.1", "owctl-user.1", "owctl.yaml.5". */
void man_list(struct str *out, const struct command *root);

/* The page whose file has that name; ERR_USAGE: there is none. */
fallible man_page(struct str *out, const struct command *root, const char *name) MUST_CHECK;

/* ---- parts of pages ---- */

/* Up to the heading of what follows NAME. */
void man_prologue(struct str *out, const char *name, int section, const char *summary);

/* Adds the manuals that are about a command of the first level (NULL: all of them) as man_see_also has pages. */
void man_refer(struct strings *pages, const char *group);

/* The last section. Each of `pages` is "SECTION NAME"; they come in any order, and are sorted. */
void man_see_also(struct str *out, struct strings *pages);

#endif
