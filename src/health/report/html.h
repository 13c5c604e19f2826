/* The only way in which anything gets into the page of --report. It is HTML that is well-formed XML as well, so that
 * any parser of XML tells whether it is whole. */
#ifndef HEALTH_REPORT_HTML_H
#define HEALTH_REPORT_HTML_H

#include "base/str.h"

/* Appends markup. The format is a literal of ours; what it names is text from anywhere and is escaped (base/markup.h),
 * so it can stand between tags and in attributes in quotes. Conversions: %s (NULL is nothing), %zu, %lld, %d, %%. */
void html_add(struct str *out, const char *format, ...) PRINTF(2, 3);

/* Appends text in which `backquotes` stand around what can be typed: that is set as code. */
void html_add_prose(struct str *out, const char *text);

/* How a thing stands, from the best on: what is worse wins. */
enum mark {
	MARK_ABSENT, /* it is not there, and need not be */
	MARK_GOOD,
	MARK_INFO,
	MARK_UNKNOWN,
	MARK_WARNING,
	MARK_CRITICAL,
	MARKS,
};
extern const char *const mark_names[MARKS]; /* "critical": for people, and the class of what is in its colour */

/* A sign of 12 by 12, each of another shape, as its own picture between text, or at a place of a picture. */
void html_add_sign(struct str *out, enum mark mark);
void html_add_sign_at(struct str *out, enum mark mark, int x, int y);

/* The sign and the word. */
void html_add_badge(struct str *out, enum mark mark, const char *word);

/* Text for a place of so many columns, with its middle left out if it is longer: both ends of a name tell it from
 * others. To be freed. */
char *html_shorten(const char *text, size_t columns) MUST_CHECK;

#endif
