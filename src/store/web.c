#include "store/web.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hide.h"
#include "base/memory.h"
#include "base/utf8.h"

#define LONGEST_MESSAGE 300

int64_t store_time_of(const char *text)
{
	int64_t seconds;
	const char *dot = strchr(text, '.');
	if (!dot && clock_parse(text, &seconds))
		return seconds * NS_A_SECOND;
	AUTO(memory) char *whole = dot ? text_format("%.*sZ", (int)(dot - text), text) : NULL;
	if (dot && clock_parse(whole, &seconds)) {
		int64_t unit = NS_A_SECOND, part = 0;
		for (dot++; *dot >= '0' && *dot <= '9' && unit > 1; dot++)
			part += (*dot - '0') * (unit /= 10);
		return seconds * NS_A_SECOND + part;
	}
	time_t date = curl_getdate(text, NULL);
	return date < 0 ? 0 : date * NS_A_SECOND;
}

bool store_number_of(const char *text, uint64_t *number)
{
	if (!text || *text < '0' || *text > '9')
		return false;
	*number = strtoull(text, NULL, 10);
	return true;
}

const char *store_environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

char *store_shown(const char *text, const char *secret)
{
	AUTO(secrets) struct strings secrets = {0};
	if (secret)
		strings_add(&secrets, secret);
	AUTO(memory) char *without = text_without(text ? text : "", &secrets);
	struct str safe = {0};
	utf8_add_safe(&safe, without, strnlen(without, LONGEST_MESSAGE));
	return str_take(&safe);
}

fallible store_clock_hint(struct error *error, const struct http_answer *answer)
{
	const char *date = http_header(answer, "Date");
	int64_t server = date ? store_time_of(date) / NS_A_SECOND : 0;
	long long off = server ? (long long)(clock_now() - server) : 0;
	error->code = ERR_SETTINGS;
	if (!server)
		return error_hint(error, "set the clock of this machine");
	return error_hint(error, "set the clock of this machine: it is %lld s %s that of the server",
			  off < 0 ? -off : off, off < 0 ? "behind" : "ahead of");
}

fallible store_look_at(const char *place, const char *name, const struct http_answer *answer,
		       struct store_object *object)
{
	const char *modified = http_header(answer, "Last-Modified");
	*object = (struct store_object){.modified = modified ? store_time_of(modified) : 0};
	if (store_number_of(http_header(answer, "Content-Length"), &object->size))
		return NULL;
	return error_new(ERR_FAILED, "%s%s: the server does not tell the size", place, name);
}

struct http_options store_http_options(const struct store_options *options, const char *ca_file)
{
	return (struct http_options){.ca_file = ca_file,
				     .connect_timeout_s = options->connect_timeout_s,
				     .silence_timeout_s = options->silence_timeout_s,
				     .patience_s = options->patience_s,
				     .bytes_per_second = options->bytes_per_second};
}
