/* The parameters of a location. */
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "store/target.h"

struct query {
	const struct store_parameter *known;
	size_t count;
	const char *hint;
	unsigned seen;
};

/* The value of one that is not known may be a secret: only its name is told, and only where it could be one. */
static fallible unknown(const struct query *query, const char *name)
{
	AUTO(memory) const char **known = mem_new(query->count, sizeof *known);
	for (size_t i = 0; i < query->count; i++)
		known[i] = query->known[i].name;
	AUTO(strings) struct strings nearest = {0};
	suggest(name, known, query->count, &nearest);
	if (nearest.count)
		return error_hint(error_new(ERR_SETTINGS, "the location has a parameter \"%s\", which is not known",
					    name),
				  "did you mean %s?", nearest.items[0]);
	return error_hint(error_new(ERR_SETTINGS, "the location has a parameter that is not known"), "%s", query->hint);
}

static bool has_control(const char *text)
{
	while (*text && (unsigned char)*text >= ' ')
		text++;
	return *text;
}

static fallible read_parameter(struct query *query, const char *text, size_t size, struct store_target *target)
{
	const char *equals = memchr(text, '=', size);
	size_t length = equals ? (size_t)(equals - text) : size;
	AUTO(memory) char *name = NULL, *value = NULL;
	TRY(store_location_decode(text, length, &name));
	for (size_t i = 0; i < query->count; i++) {
		if (strcmp(name, query->known[i].name) != 0)
			continue;
		if (!equals || length + 1 == size || query->seen & 1u << i)
			return store_location_bad("the parameter %s of the location has no value, or two", name);
		query->seen |= 1u << i;
		TRY(store_location_decode(equals + 1, size - length - 1, &value));
		if (has_control(value)) /* these go into headers, and to other programs */
			return store_location_bad("the parameter %s of the location has a line break in it", name);
		return query->known[i].read(value, target);
	}
	return unknown(query, name);
}

fallible store_location_query(const char *text, const struct store_parameter *known, size_t count, const char *hint,
			      struct store_target *target, unsigned *seen)
{
	struct query query = {.known = known, .count = count, .hint = hint};
	for (const char *at = text; *at; at += *at == '&') {
		size_t size = strcspn(at, "&");
		if (size)
			TRY(read_parameter(&query, at, size, target));
		at += size;
	}
	if (seen)
		*seen = query.seen;
	return NULL;
}
