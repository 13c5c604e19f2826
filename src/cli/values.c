#include "cli/values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "cli/lookup.h"
#include "cli/quote.h"
#include "cli/run.h"

static void *place_of(const struct option *option, void *values)
{
	return (char *)values + option->offset;
}

static const char *keep(struct strings *texts, const char *word)
{
	strings_add(texts, word);
	return texts->items[texts->count - 1];
}

static fallible as_in(struct error *error, const char *label, const char *example)
{
	return error_hint(error, "as in %s%s%s", *label == '-' ? label : "", *label == '-' ? " " : "", example);
}

static fallible refuse(const char *label, const char *word, const char *expected)
{
	AUTO(memory) char *shown = quote_word(word);
	return error_new(ERR_USAGE, "%s must be %s, not %s", label, expected, shown);
}

static fallible store_integer(const struct option *option, const char *label, const char *word, int64_t *value)
{
	int64_t smallest = option->smallest, largest = option->largest;
	if (!smallest && !largest)
		largest = INT64_MAX;
	char *end;
	errno = 0;
	long long number = strtoll(word, &end, 10);
	bool digits = word[0] == '-' ? word[1] >= '0' && word[1] <= '9' : word[0] >= '0' && word[0] <= '9';
	if (!digits || *end || errno || number < smallest || number > largest) {
		AUTO(memory) char *expected =
			largest == INT64_MAX
				? text_format("a whole number from %lld up", (long long)smallest)
				: text_format("a whole number from %lld to %lld", (long long)smallest,
					      (long long)largest);
		AUTO(memory) char *example = text_format("%lld", (long long)(largest < 100 ? largest : 100));
		return as_in(refuse(label, word, expected), label, example);
	}
	*value = number;
	return NULL;
}

/* What a word for a choice was probably meant to be; "last_active_at" holds the choice "active". */
static void nearest_choice(const char *word, const char *const *choices, size_t count, struct strings *near)
{
	AUTO(memory) char *lower = text_copy(word);
	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	suggest(lower, choices, count, near);
	for (size_t i = 0; i < count && !near->count; i++)
		if (strstr(lower, choices[i]))
			strings_add(near, choices[i]);
}

static fallible find_choice(const struct option *option, const char *label, const char *word, const char **choice)
{
	size_t count = 0;
	for (; option->choices[count]; count++)
		if (!strcmp(option->choices[count], word)) {
			*choice = option->choices[count];
			return NULL;
		}
	AUTO(str) struct str expected = {0};
	str_add(&expected, count > 1 ? "one of " : "");
	for (size_t i = 0; i < count; i++)
		str_add_format(&expected, "%s%s", i ? ", " : "", option->choices[i]);
	AUTO(strings) struct strings near = {0};
	nearest_choice(word, option->choices, count, &near);
	struct error *error = refuse(label, word, str_text(&expected));
	return near.count ? error_hint(error, "did you mean %s?", near.items[0])
			  : as_in(error, label, option->choices[0]);
}

/* "7d" is seven days ago. A number without a unit would more likely be a year. */
static bool parse_time_or_age(const char *word, int64_t *seconds)
{
	int64_t age;
	if (clock_parse(word, seconds))
		return true;
	if (!*word || !strchr("smhdw", word[strlen(word) - 1]) || !clock_parse_duration(word, &age))
		return false;
	int64_t now = clock_now();
	*seconds = age < now ? now - age : 1; /* 0 stands for an option that is not given */
	return true;
}

/* Nothing, or of a list nothing but blanks before or behind a comma. */
static bool lacks_value(const struct option *option, const char *word)
{
	if (!option_takes_list(option))
		return !*word;
	for (const char *part = word;; part++) {
		part += strspn(part, " \t");
		size_t size = strcspn(part, ",");
		if (!size)
			return true;
		part += size;
		if (!*part)
			return false;
	}
}

static fallible refuse_empty(const char *label)
{
	return error_hint(error_new(ERR_USAGE, "%s has an empty value", label),
			  "%sis it a shell variable that is not set?", *label == '-' ? "leave the option out; " : "");
}

/* A text goes into a database, a message or a file that is UTF-8. What an option has is not repeated: it may be a
 * secret in the wrong place, as behind --set. */
static fallible check_text(const struct option *option, const char *label, const char *word)
{
	if (lacks_value(option, word) && !option->may_be_empty)
		return refuse_empty(label);
	if (option_takes_path(option) || utf8_valid(word, strlen(word)))
		return NULL;
	AUTO(memory) char *shown = quote_word(word);
	return error_hint(*label == '-' ? error_new(ERR_USAGE, "the value of %s is not UTF-8", label)
					: error_new(ERR_USAGE, "%s is not UTF-8: %s", label, shown),
			  "convert it, as with `iconv -f ISO-8859-1 -t UTF-8`, or set the terminal to UTF-8");
}

static fallible store_choices(const struct option *option, const char *label, const char *word, struct strings *list)
{
	if (lacks_value(option, word))
		return refuse_empty(label);
	AUTO(strings) struct strings parts = {0};
	strings_split(&parts, word, ',');
	for (size_t i = 0; i < parts.count; i++) {
		const char *choice = NULL;
		TRY(find_choice(option, label, parts.items[i], &choice));
		if (!strings_have(list, choice))
			strings_add(list, choice);
	}
	return NULL;
}

static fallible store_duration(const struct option *option, const char *label, const char *word, int64_t *value)
{
	int64_t seconds;
	if (!clock_parse_duration(word, &seconds))
		return as_in(refuse(label, word, "a duration such as 90s, 15m, 2h, 7d or 4w"), label, "90s");
	if (seconds < option->smallest) {
		AUTO(memory) char *expected = text_format("a duration of %llds at least", (long long)option->smallest);
		return as_in(refuse(label, word, expected), label, "90s");
	}
	*value = seconds;
	return NULL;
}

fallible value_store(const struct option *option, const char *label, const char *word, void *values,
		     struct strings *texts)
{
	void *place = place_of(option, values);
	switch (option->type) {
	case VALUE_FLAG:
	case VALUE_COUNT:
		return error_hint(error_new(ERR_USAGE, "%s takes no value", label), "write %s alone", label);
	case VALUE_TEXT:
		TRY(check_text(option, label, word));
		*(const char **)place = keep(texts, word);
		return NULL;
	case VALUE_TEXTS:
		TRY(check_text(option, label, word));
		strings_add(place, word);
		return NULL;
	case VALUE_INTEGER:
		return store_integer(option, label, word, place);
	case VALUE_CHOICE:
		return find_choice(option, label, word, place);
	case VALUE_CHOICES:
		return store_choices(option, label, word, place);
	case VALUE_DURATION:
		return store_duration(option, label, word, place);
	case VALUE_TIME:
		if (parse_time_or_age(word, place))
			return NULL;
		return as_in(refuse(label, word,
				    "a date such as 2026-11-24, a time such as 2026-11-24T10:49:41Z or an age such as "
				    "7d"),
			     label, "7d for seven days ago; an age may end in s, m, h, d or w");
	}
	return error_new(ERR_USAGE, "%s is of no known type", label);
}

void value_store_flag(const struct option *option, bool on, void *values)
{
	void *place = place_of(option, values);
	if (option->type == VALUE_COUNT)
		++*(int64_t *)place;
	else
		*(bool *)place = on;
}

struct option argument_as_option(const struct argument *argument)
{
	return (struct option){
		.name = argument->name,
		.type = argument->type,
		.offset = argument->offset,
		.choices = argument->choices,
		.complete = argument->complete,
	};
}

void values_release(const struct option *options, void *values)
{
	for (const struct option *option = options; option && option->name; option++)
		if (option->type == VALUE_TEXTS || option->type == VALUE_CHOICES)
			strings_cleanup(place_of(option, values));
}
