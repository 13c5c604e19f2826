#include "base/sink.h"

static fallible keep(void *str, const char *bytes, size_t size)
{
	str_add_n(str, bytes, size);
	return NULL;
}

struct sink sink_into(struct str *str)
{
	return (struct sink){keep, str};
}

static fallible drop(void *state, const char *bytes, size_t size)
{
	(void)state;
	(void)bytes;
	(void)size;
	return NULL;
}

struct sink sink_nowhere(void)
{
	return (struct sink){drop, NULL};
}
