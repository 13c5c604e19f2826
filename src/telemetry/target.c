#include "telemetry/otlp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "net/redis_target.h"

#define QUOTE_MOST 200

const char *const otlp_paths[SIGNALS] = {
	[SIGNAL_METRICS] = "/v1/metrics", [SIGNAL_LOGS] = "/v1/logs", [SIGNAL_TRACES] = "/v1/traces"};

void otlp_target_cleanup(struct otlp_target *target)
{
	for (size_t i = 0; i < target->headers.count; i++)
		mem_wipe(target->headers.items[i], strlen(target->headers.items[i]));
	strings_cleanup(&target->headers);
	free(target->base);
	free(target->ca_file);
	*target = (struct otlp_target){0};
}

/* ---- the address ---- */

static fallible refuse(const char *name, const char *why)
{
	return error_hint(error_new(ERR_SETTINGS, "where telemetry is to be sent (%s) %s", name, why),
			  "it is http://HOST:4318 or https://HOST:4318 (for gRPC mostly :4317); what is secret belongs "
			  "into OWCTL_OTLP_HEADERS, or OTEL_EXPORTER_OTLP_HEADERS");
}

/* `authority` is HOST, HOST:PORT or [ADDRESS]:PORT. */
static bool has_fine_port(const char *authority)
{
	AUTO(memory) char *text = text_copy_n(authority, strcspn(authority, "/"));
	const char *colon = strrchr(text, ':'), *bracket = strchr(text, ']');
	int64_t port;
	return !colon || (bracket && colon < bracket) || redis_port_parse(colon + 1, &port);
}

static size_t size_without_slashes(const char *url, size_t size)
{
	while (url[size - 1] == '/')
		size--;
	return size;
}

/* Some give the address of one signal. */
static size_t size_of_base(const char *url, const char *host)
{
	size_t size = size_without_slashes(url, strlen(url));
	for (int i = 0; i < SIGNALS; i++) {
		size_t end = strlen(otlp_paths[i]);
		if (size > (size_t)(host - url) + end && !strncmp(url + size - end, otlp_paths[i], end))
			return size_without_slashes(url, size - end);
	}
	return size;
}

fallible otlp_read_address(const char *name, const char *url, struct otlp_target *target)
{
	const char *host = strstr(url, "://");
	if (!(text_starts(url, "http://") || text_starts(url, "https://")) || !host[3] || host[3] == '/')
		return refuse(name, "is no address of HTTP");
	for (const char *c = url; *c; c++)
		if (iscntrl((unsigned char)*c) || strchr(" \"<>\\^`{|}", *c))
			return refuse(name, "has signs in it that no address has");
	if (memchr(host + 3, '@', strcspn(host + 3, "/")))
		return refuse(name, "has a user in it");
	if (url[strcspn(url, "?#")])
		return refuse(name, "has a query in it");
	if (!has_fine_port(host + 3))
		return refuse(name, "has a port that is none");
	size_t size = target->protocol == OTLP_GRPC ? (size_t)(host - url) + 3 + strcspn(host + 3, "/")
						    : size_of_base(url, host + 3);
	target->base = text_copy_n(url, size);
	return NULL;
}

fallible otlp_read_protocol(const char *name, const char *text, struct otlp_target *target)
{
	static const char *const words[OTLP_PROTOCOLS] = {
		[OTLP_JSON] = "http/json", [OTLP_PROTOBUF] = "http/protobuf", [OTLP_GRPC] = "grpc"};
	for (enum otlp_protocol i = 0; i < OTLP_PROTOCOLS; i++)
		if (text_equal(text, words[i])) {
			target->protocol = i;
			return NULL;
		}
	return error_hint(error_new(ERR_SETTINGS, "%s is none of the ways to send telemetry", name),
			  "http/json, http/protobuf or grpc");
}

/* ---- headers ---- */

/* A token, RFC 9110, 5.6.2. */
static bool is_name(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
			return false;
	return size > 0;
}

static void blank_free(struct str *text)
{
	if (text->data)
		mem_wipe(text->data, text->room);
	str_cleanup(text);
}

static bool add_pair(const char *pair, const char *separator, struct strings *pairs)
{
	const char *equal = strchr(pair, '=');
	size_t size = equal ? (size_t)(equal - pair) : 0;
	struct str value = {0};
	while (size && pair[size - 1] == ' ')
		size--;
	const char *encoded = equal ? equal + 1 + strspn(equal + 1, " ") : "";
	str_reserve(&value, strlen(pair)); /* so that it does not move, and leaves nothing behind */
	bool fine = equal && is_name(pair, size) && percent_decode(&value, encoded, strlen(encoded));
	for (size_t i = 0; i < value.size; i++)
		fine = fine && !iscntrl((unsigned char)value.data[i]);
	if (fine)
		strings_add_taken(pairs, text_format("%.*s%s%s", (int)size, pair, separator, str_text(&value)));
	blank_free(&value);
	return fine;
}

fallible otlp_read_pairs(const char *name, const char *text, const char *separator, struct strings *pairs)
{
	struct strings parts = {0};
	size_t wrong = 0;
	strings_split(&parts, text, ',');
	for (size_t i = 0; i < parts.count; i++) {
		if (!wrong && !add_pair(parts.items[i], separator, pairs))
			wrong = i + 1;
		mem_wipe(parts.items[i], strlen(parts.items[i]));
	}
	strings_cleanup(&parts);
	return wrong ? error_hint(error_new(ERR_SETTINGS, "number %zu of %s is none", wrong, name),
				  "NAME=VALUE,NAME=VALUE, with values percent-encoded: authorization=Bearer%%20..")
		     : NULL;
}

/* ---- the settings ---- */

static fallible read_own(struct settings *settings, const char *url, struct otlp_target *target)
{
	const char *headers = NULL, *protocol = NULL;
	TRY(settings_get(settings, "OWCTL_OTLP_HEADERS", &headers));
	TRY(settings_get(settings, "OWCTL_OTLP_PROTOCOL", &protocol));
	TRY(otlp_read_protocol("OWCTL_OTLP_PROTOCOL", protocol, target));
	TRY(otlp_read_address("OWCTL_OTLP_ENDPOINT", url, target));
	for (enum otlp_signal i = 0; i < SIGNALS; i++)
		target->wants[i] = true;
	target->credentials = "OWCTL_OTLP_HEADERS is to say who sends it";
	return headers ? otlp_read_pairs("OWCTL_OTLP_HEADERS", headers, ": ", &target->headers) : NULL;
}

fallible otlp_target_read(struct settings *settings, const char *url, struct otlp_target *target)
{
	const char *disabled = NULL;
	if (url)
		return read_own(settings, url, target);
	TRY(settings_get(settings, "OTEL_SDK_DISABLED", &disabled));
	if (disabled && !strcasecmp(disabled, "true"))
		return NULL;
	TRY(settings_get(settings, "OWCTL_OTLP_ENDPOINT", &url));
	return url ? read_own(settings, url, target) : otlp_read_open_webui(settings, target);
}

/* ---- what it says ---- */

/* The values, and what of them stands behind "Bearer" or "Basic". */
static void add_secrets(struct strings *secrets, const struct strings *headers)
{
	for (size_t i = 0; i < headers->count; i++) {
		const char *value = strchr(headers->items[i], ':') + 2, *blank = strchr(value, ' ');
		strings_add(secrets, value);
		if (blank)
			strings_add(secrets, blank + 1);
	}
}

char *otlp_quote(const struct otlp_target *target, const char *text)
{
	AUTO(secrets) struct strings secrets = {0};
	add_secrets(&secrets, &target->headers);
	AUTO(memory) char *harmless = text_without(text, &secrets);
	AUTO(memory) char *safe = utf8_safe_copy(harmless);
	size_t size = utf8_cut(safe, QUOTE_MOST);
	return text_format("%.*s%s", (int)size, safe, safe[size] ? ".." : "");
}
