/* Markdown as mdoc(7), so that a document of docs/ is a man page as well, and stands in one place. It knows what these
 * have: headings (## a section, ### a subsection), paragraphs, lists (- and 1.) whose items are one paragraph each,
 * code that is indented by four blanks, tables, `code`, *emphasis*, **strong** and [links](address). */
#ifndef CLI_MARKDOWN_H
#define CLI_MARKDOWN_H

#include "base/str.h"

/* A title (# ..) on top is left out: the page has one of its own. Text before the first heading is for the section that
 * the caller has begun. A table of two columns becomes a list of terms; in one of more, each term has a list of the
 * other columns by their headings, and a row without a term belongs to the one before. */
void man_markdown(struct str *out, const char *text);

/* ---- parts of it ---- */

/* The text of one paragraph, with its marks. Backquotes stay, as in all pages. */
void markdown_inline(struct str *out, const char *text, size_t size);

/* Converts the rows that `text` begins with, of which the first is that of headings; returns what follows them. */
const char *markdown_table(struct str *out, const char *text);

/* What follows the line that `text` begins with. */
const char *markdown_next_line(const char *text);

#endif
