/* Memory that is there or the program ends: running out of a few kilobytes is not a state to go on from, and every
 * large buffer of owctl has a fixed bound. All results are released with free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/attributes.h"

void *mem_new(size_t count, size_t size) MUST_CHECK; /* zeroed; ends the program when there is none */
void *mem_resize(void *block, size_t count, size_t size) MUST_CHECK;
char *text_copy(const char *text) MUST_CHECK; /* NULL in, NULL out */
char *text_copy_n(const char *bytes, size_t size) MUST_CHECK;
char *text_format(const char *format, ...) PRINTF(1, 2) MUST_CHECK;
char *text_format_v(const char *format, va_list args) PRINTF(1, 0) MUST_CHECK;

/* Overwrites a secret in a way that the compiler does not remove. */
void mem_wipe(void *block, size_t size);

static inline void memory_cleanup(void *pointer)
{
	free(*(void **)pointer);
}

/* A text that held a secret: wiped, then freed. */
void secret_free(char *text);
static inline void secret_cleanup(char **text)
{
	secret_free(*text);
}

#endif
