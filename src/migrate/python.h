/* Numbers in texts as Python's int() and float() read them: blanks around, digits of any script, "1_000". */
#ifndef MIGRATE_PYTHON_H
#define MIGRATE_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

/* False where Python raises, and beyond 64 bits. */
bool python_int(const char *text, int64_t *number);
/* False where Python raises, and for what is no finite number. */
bool python_float(const char *text, double *number);

#endif
