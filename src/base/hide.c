#include "base/hide.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

#define SHORT 4

static bool is_word(unsigned char c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

/* The size of the longest secret that stands at `at`, or 0. */
static size_t secret_at(const char *text, const char *at, const struct strings *secrets)
{
	size_t longest = 0;
	for (size_t i = 0; i < secrets->count; i++) {
		size_t size = strlen(secrets->items[i]);
		if (size <= longest || strncmp(at, secrets->items[i], size) != 0)
			continue;
		bool inside = (at > text && is_word((unsigned char)at[-1])) || is_word((unsigned char)at[size]);
		if (size >= SHORT || !inside)
			longest = size;
	}
	return longest;
}

char *text_without(const char *text, const struct strings *secrets)
{
	struct str out = {0};
	for (const char *at = text; *at;) {
		size_t size = secret_at(text, at, secrets);
		if (size)
			str_add(&out, "***");
		else
			str_add_char(&out, *at);
		at += size ? size : 1;
	}
	return str_take(&out);
}

size_t secrets_longest(const struct strings *secrets)
{
	size_t longest = 0;
	for (size_t i = 0; i < secrets->count; i++) {
		size_t size = strlen(secrets->items[i]);
		longest = size > longest ? size : longest;
	}
	return longest;
}

size_t text_cut(const char *text, size_t size, const struct strings *secrets)
{
	for (size_t at = 0, end; at < size; at = end) {
		end = at + secret_at(text, text + at, secrets);
		if (end > size)
			return at ? at : end;
		end += end == at;
	}
	return size;
}

void secrets_cleanup(struct strings *secrets)
{
	for (size_t i = 0; i < secrets->count; i++)
		mem_wipe(secrets->items[i], strlen(secrets->items[i]));
	strings_cleanup(secrets);
}
