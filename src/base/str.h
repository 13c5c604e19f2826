/* A growing string, and a growing list of strings. Both start as {0} and own what they hold, which may be large
 * (base/large.h). */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/attributes.h"

struct str {
	char *data; /* NULL, or NUL-terminated; may hold NULs itself */
	size_t size;
	size_t room;
};

void str_add(struct str *str, const char *text);
void str_add_n(struct str *str, const char *bytes, size_t size);
void str_add_char(struct str *str, char c);
void str_add_format(struct str *str, const char *format, ...) PRINTF(2, 3);
void str_reserve(struct str *str, size_t more); /* room for `more` bytes and a NUL */
void str_clear(struct str *str);                /* empties it and keeps the room */
void str_set(struct str *str, const char *text); /* that instead, in the same room */
const char *str_text(const struct str *str);    /* never NULL; borrowed */
char *str_take(struct str *str) MUST_CHECK;     /* never NULL; the caller frees it; `str` is empty afterwards.
						 * A large one is copied */
void str_cleanup(struct str *str);

struct strings {
	char **items; /* NULL-terminated once anything was added */
	size_t count;
	size_t room;
};

void strings_add(struct strings *list, const char *text);
void strings_add_taken(struct strings *list, char *text); /* takes over `text` */
const char *strings_add_str(struct strings *list, struct str *str); /* takes over what it holds; borrowed */
void strings_split(struct strings *list, const char *text, char separator); /* trims blanks, drops empty parts */
bool strings_have(const struct strings *list, const char *text);
char *strings_join(const struct strings *list, const char *separator) MUST_CHECK;
void strings_sort(struct strings *list); /* by bytes */
bool strings_have_sorted(const struct strings *list, const char *text); /* quickly, in one that is sorted */
void strings_cleanup(struct strings *list);

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

#endif
