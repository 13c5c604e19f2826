/* Strings and numbers of JSON, one at a time: from their raw text to what they mean, and as Python's json.dumps writes
 * them. Raw text must have gone through a scan (base/json_scan.h): it is not checked again.
 *
 * Python's strings may hold lone surrogates, which UTF-8 has not: "\ud83d" alone is valid JSON, and chats cut inside an
 * emoji hold it. Decoded they are three bytes as UTF-8 would have them (WTF-8), and are written as they came. */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>

#include "base/str.h"

/* Appends what a raw string means; `raw` is the text between its quotes. The result may hold NULs. */
void json_add_decoded(struct str *out, const char *raw, size_t size);

/* Appends a text as a JSON string with its quotes, in ASCII: all else as \u00e9, and beyond U+FFFF as two of them.
 * A byte that is no part of UTF-8 (or WTF-8) becomes \ufffd. */
void json_add_string(struct str *out, const char *bytes, size_t size);

/* Appends a raw number as Python writes it after reading it: an integer as it stands (-0 is 0), a float in the shortest
 * form that reads back as the same one: 1e5 is 100000.0, 1E400 is Infinity. NaN and both infinities stay. */
void json_add_number(struct str *out, const char *raw, size_t size);

#endif
