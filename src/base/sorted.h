/* Finding a text in an array that is in order of texts, as strcmp has it. */
#ifndef BASE_SORTED_H
#define BASE_SORTED_H

#include <stddef.h>

typedef const char *text_of_item(const void *item);

/* The place of the first of `count` items of `size` bytes whose text is not before `text`: of those that are equal the
 * first one, `count` when all are before it. */
size_t sorted_place(const void *items, size_t count, size_t size, text_of_item *text_of, const char *text);

#endif
