#include "base/str.h"

#include <stdio.h>
#include <string.h>

#include "base/large.h"
#include "base/memory.h"

/* From here on room grows by so much at a time, and not twofold. */
#define LARGE_STEP (4 * LARGE_BLOCK)

#define LEAST_EXACT 4096

static void grow(struct str *str, size_t needed)
{
	bool empty = !str->data;
	/* Who asks for much at once mostly knows how much it will be. */
	size_t room = empty && needed > LEAST_EXACT ? needed : str->room ? str->room : 64;
	while (room < needed)
		room += room < LARGE_STEP ? room : LARGE_STEP;
	str->data = large_resize(str->data, room);
	str->room = room;
	if (empty)
		str->data[0] = '\0';
}

void str_reserve(struct str *str, size_t more)
{
	size_t needed = str->size + more + 1;
	if (__builtin_expect(needed > str->room, 0))
		grow(str, needed);
}

void str_add_n(struct str *str, const char *bytes, size_t size)
{
	str_reserve(str, size);
	if (size)
		large_copy(str->data + str->size, bytes, size);
	str->size += size;
	str->data[str->size] = '\0';
}

void str_add(struct str *str, const char *text)
{
	str_add_n(str, text, strlen(text));
}

void str_add_char(struct str *str, char c)
{
	str_add_n(str, &c, 1);
}

void str_add_format(struct str *str, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	str_add(str, text);
}

void str_clear(struct str *str)
{
	str->size = 0;
	if (str->data)
		str->data[0] = '\0';
}

void str_set(struct str *str, const char *text)
{
	str_clear(str);
	str_add(str, text);
}

const char *str_text(const struct str *str)
{
	return str->data ? str->data : "";
}

char *str_take(struct str *str)
{
	if (large_size(str->data)) {
		char *copy = text_copy_n(str->data, str->size);
		str_cleanup(str);
		return copy;
	}
	char *data = str->data ? str->data : text_copy("");
	*str = (struct str){0};
	return data;
}

void str_cleanup(struct str *str)
{
	large_free(str->data);
	*str = (struct str){0};
}

void strings_add_taken(struct strings *list, char *text)
{
	if (list->count + 2 > list->room) {
		list->room = list->room ? list->room * 2 : 8;
		list->items = mem_resize(list->items, list->room, sizeof *list->items);
	}
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

void strings_add(struct strings *list, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	strings_add_taken(list, text ? memcpy(large_resize(NULL, size), text, size) : NULL);
}

const char *strings_add_str(struct strings *list, struct str *str)
{
	char *text = str->data ? str->data : text_copy("");
	*str = (struct str){0};
	strings_add_taken(list, text);
	return text;
}

void strings_split(struct strings *list, const char *text, char separator)
{
	while (*text) {
		const char *end = strchrnul(text, separator);
		const char *last = end;
		while (text < last && (*text == ' ' || *text == '\t'))
			text++;
		while (last > text && (last[-1] == ' ' || last[-1] == '\t'))
			last--;
		if (last > text)
			strings_add_taken(list, text_copy_n(text, (size_t)(last - text)));
		text = *end ? end + 1 : end;
	}
}

bool strings_have(const struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

char *strings_join(const struct strings *list, const char *separator)
{
	struct str text = {0};
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			str_add(&text, separator);
		str_add(&text, list->items[i]);
	}
	return str_take(&text);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strings_sort(struct strings *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof *list->items, compare_texts);
}

bool strings_have_sorted(const struct strings *list, const char *text)
{
	return list->count && bsearch(&text, list->items, list->count, sizeof *list->items, compare_texts);
}

void strings_cleanup(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		large_free(list->items[i]);
	free(list->items);
	*list = (struct strings){0};
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool text_starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool text_ends(const char *text, const char *suffix)
{
	size_t size = strlen(text), tail = strlen(suffix);
	return size >= tail && !strcmp(text + size - tail, suffix);
}
