#include "health/choice.h"

#include <strings.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "health/checks.h"

bool choice_means(const char *word, const struct check *check)
{
	return !strcasecmp(check->code, word) || text_equal(check->name, word) ||
	       text_equal(family_words[check->family].name, word);
}

static bool means_any(const char *word)
{
	for (size_t i = 0; i < checks_count(); i++)
		if (choice_means(word, check_at(i)))
			return true;
	return false;
}

static fallible unknown(const char *word)
{
	AUTO(strings) struct strings near = {0};
	size_t count = 0;
	const char **known = mem_new(checks_count() + FAMILIES, sizeof *known);
	for (size_t i = 0; i < checks_count(); i++)
		known[count++] = check_at(i)->name;
	for (int family = FAMILY_REPLICAS; family < FAMILIES; family++)
		known[count++] = family_words[family].name;
	suggest(word, known, count, &near);
	free(known);
	struct error *error = error_new(ERR_USAGE, "there is no check \"%s\"", word);
	AUTO(memory) char *list = strings_join(&near, ", ");
	return near.count ? error_hint(error, "did you mean %s? `owctl health list` shows all", list)
			  : error_hint(error, "`owctl health list` shows all codes, names and families");
}

fallible choice_check(const struct strings *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (!means_any(words->items[i]))
			return unknown(words->items[i]);
	return NULL;
}

static bool any_means(const struct strings *words, const struct check *check)
{
	for (size_t i = 0; i < words->count; i++)
		if (choice_means(words->items[i], check))
			return true;
	return false;
}

void choice_mark(const struct strings *only, const struct strings *skip, bool *wanted)
{
	for (size_t i = 0; i < checks_count(); i++)
		wanted[i] = (!only->count || any_means(only, check_at(i))) && !any_means(skip, check_at(i));
}
