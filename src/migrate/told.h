/* Warnings of rows, one a row: a thousand lines would hide all else, so the first few of a kind are told, and with -v
 * every one. Where all of them stand the caller says once they are through. */
#ifndef MIGRATE_TOLD_H
#define MIGRATE_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/* `told`, which starts as 0, counts the rows. */
void told_warn(size_t *told, const char *format, ...) PRINTF(2, 3);
/* Whether some were left out without -v: then their number is to be told. */
bool told_leaves_out(size_t told);

#endif
