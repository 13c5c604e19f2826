/* Plain text as mdoc(7): escaped, a sentence a line. */
#ifndef CLI_MAN_TEXT_H
#define CLI_MAN_TEXT_H

#include "base/str.h"

/* Escapes what roff would take for something else; all on one line. */
void man_escape(struct str *out, const char *text);

/* The same of so many bytes: what a man_paragraph without marks of its own takes. */
typedef void man_escaper(struct str *out, const char *text, size_t size);
man_escaper man_escape_n;

/* ".MACRO\n", or with `text` `.MACRO "text"`: one argument, whatever is in it. */
void man_macro(struct str *out, const char *macro, const char *text);

/* Lines that stand as they are, indented: commands, files. */
void man_literal(struct str *out, const char *text);

/* Paragraphs separated by an empty line. Leading blanks of a line are dropped. */
void man_text(struct str *out, const char *text);

/* One paragraph, whose sentences `escape` makes roff of; lines of it may end anywhere. */
void man_paragraph(struct str *out, const char *text, size_t size, man_escaper *escape);

/* A clause as descriptors have them, as a sentence: "print this" becomes "Print this." A literal (a command, an option,
 * a value in `..`) stays as it is. */
void man_capital(char *sentence);
void man_sentence(struct str *out, const char *clause);

#endif
