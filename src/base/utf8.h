/* UTF-8 (RFC 3629): text from outside is checked before it is stored or shown. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Decodes one code point; returns its length in bytes, or 0 where `bytes` is not valid UTF-8 (overlong forms,
 * surrogates, above U+10FFFF, cut off). `size` must be at least 1. */
size_t utf8_decode(const char *bytes, size_t size, uint32_t *point);

bool utf8_valid(const char *bytes, size_t size);
void utf8_encode(struct str *out, uint32_t point);

/* A code point that must not reach a terminal as it is: C0, DEL, C1, line and paragraph separators, the bidirectional
 * controls that let a name pretend to be another one; and U+FFFE and U+FFFF, which are none, and XML can't have. */
bool utf8_is_unsafe(uint32_t point);

/* Appends text made safe for a terminal or a log line: unsafe code points as \x1b or \u202e, bytes that are not UTF-8
 * as \xNN, a backslash as it is. */
void utf8_add_safe(struct str *out, const char *bytes, size_t size);

/* The same as a copy, to be freed; NULL in, NULL out. */
char *utf8_safe_copy(const char *text) MUST_CHECK;

/* As much of a text as fits into `most` bytes without cutting a code point in two. */
size_t utf8_cut(const char *text, size_t most);

/* Columns that a terminal needs for text that went through utf8_add_safe. */
size_t utf8_width(const char *text, size_t size);

/* Appends the text in lower case, code point by code point, as far as the C library's tables go (C.UTF-8);
 * nothing for NULL. */
void utf8_add_lower(struct str *out, const char *text);

#endif
