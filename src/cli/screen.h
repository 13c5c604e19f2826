/* Text for people on a standard stream: help and the like. */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

/* Set to the columns of the terminal behind the pager to which standard output goes. */
#define SCREEN_PAGED "OWCTL_PAGED"

/* Whether people read the stream as it comes: on a terminal, or in a pager before one. */
bool screen_is_shown(FILE *stream);

/* Columns to wrap at: the terminal's, within reason; 80 where there is none. */
size_t screen_width(FILE *stream);

/* Writes and flushes. */
fallible screen_write(FILE *stream, const struct str *text) MUST_CHECK;

/* Appends `text` (paragraphs separated by an empty line) wrapped to `width`, each line after the first with `indent`
 * blanks in front. Where the first line begins is for the caller to arrange; no line end is added at the end. */
void screen_wrap(struct str *out, const char *text, size_t indent, size_t width);

/* Appends "  term   text", the texts of one `widest` below one another, wrapped to `width`; a term that is longer than
 * `widest` stands on a line of its own. */
void screen_entry(struct str *out, const char *term, size_t widest, const char *text, size_t width);

#endif
