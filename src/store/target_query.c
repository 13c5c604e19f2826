/* The parameters of a location. */
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "store/name.h"
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

/* ---- what locations of several kinds have ---- */

/* "https://host:port", nothing behind it. */
static fallible endpoint_check(const char *endpoint)
{
	const char *host = text_starts(endpoint, "https://") ? endpoint + strlen("https://")
			   : text_starts(endpoint, "http://") ? endpoint + strlen("http://")
							      : "";
	if (!*host || strpbrk(host, "/?#@ \\") || *host == ':')
		return store_location_bad("the endpoint of the location must be https://host or https://host:port, and "
					  "no more");
	return NULL;
}

fallible store_read_endpoint(char *value, struct store_target *target)
{
	size_t size = strlen(value);
	if (size && value[size - 1] == '/')
		value[size - 1] = '\0';
	TRY(endpoint_check(value));
	target->endpoint = text_copy(value);
	return NULL;
}

fallible store_read_ca(char *value, struct store_target *target)
{
	target->ca_file = text_copy(value);
	return NULL;
}

fallible store_read_prefix(const char *text, size_t size, struct store_target *target)
{
	for (; size && *text == '/'; size--)
		text++;
	while (size && text[size - 1] == '/')
		size--;
	TRY(store_location_decode(text, size, &target->prefix));
	if (size && (!store_name_valid(target->prefix) || strlen(target->prefix) > 100))
		return store_location_bad("the prefix of the location has an empty part, \".\" or \"..\", or over 100 "
					  "bytes");
	return NULL;
}
