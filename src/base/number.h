/* Numbers in texts of our own formats: decimal digits and nothing else, no sign, no blanks. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

/* Reads the digits at *text (one at least, up to UINT64_MAX) that `end` follows, and goes on behind that; NUL as `end`
 * is not gone behind. False, and *text anywhere, if it is otherwise. */
bool number_parse(const char **text, char end, uint64_t *number);

/* Reads a number of bytes as people write it: digits, then k, M, G or T (thousands), in either case, and B or not.
 * False if it is otherwise, or over INT64_MAX. */
bool number_parse_bytes(const char *text, uint64_t *bytes);

/* So many bytes for people: "999 B", "1.2 kB", "34.5 GB". To be freed. */
char *number_bytes(uint64_t bytes) MUST_CHECK;

#endif
