/* Texts as Python's own functions take them. Numbers as int() and float() do: blanks around, digits of any script,
 * "1_000". */
#ifndef MIGRATE_PYTHON_H
#define MIGRATE_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* False where Python raises, and beyond 64 bits. */
bool python_int(const char *text, int64_t *number);
/* False where Python raises, and for what is no finite number. */
bool python_float(const char *text, double *number);

/* Appends a text as str.lower() makes it: U+0130 becomes two letters, and a sigma at the end of a word the final one. */
void python_add_lower(struct str *out, const char *text);

#endif
