#include "base/sorted.h"

#include <string.h>

size_t sorted_place(const void *items, size_t count, size_t size, text_of_item *text_of, const char *text)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(text_of((const char *)items + middle * size), text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
