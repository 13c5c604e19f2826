/* Where Open WebUI itself sends its telemetry to, and how. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/memory.h"
#include "telemetry/otlp.h"

static fallible is_on(struct settings *settings, const char *name, bool *on)
{
	const char *value = NULL;
	TRY(settings_get(settings, name, &value));
	*on = value && !strcasecmp(value, "true");
	return NULL;
}

/* What it does not send itself may have no place there. */
static fallible read_signals(struct settings *settings, struct otlp_target *target, bool *any)
{
	static const char *const names[SIGNALS] = {[SIGNAL_METRICS] = "ENABLE_OTEL_METRICS",
						   [SIGNAL_LOGS] = "ENABLE_OTEL_LOGS",
						   [SIGNAL_TRACES] = "ENABLE_OTEL_TRACES"};
	bool enabled;
	TRY(is_on(settings, "ENABLE_OTEL", &enabled));
	*any = false;
	for (enum otlp_signal i = 0; enabled && i < SIGNALS; i++) {
		TRY(is_on(settings, names[i], &target->wants[i]));
		*any |= target->wants[i];
	}
	return NULL;
}

static fallible read_protocol(struct settings *settings, struct otlp_target *target)
{
	const char *exporter = NULL, *protocol = NULL;
	TRY(settings_get(settings, "OTEL_OTLP_SPAN_EXPORTER", &exporter));
	TRY(settings_get(settings, "OTEL_EXPORTER_OTLP_PROTOCOL", &protocol));
	target->protocol = exporter && !strcasecmp(exporter, "http") ? OTLP_PROTOBUF : OTLP_GRPC;
	return !exporter && protocol ? otlp_read_protocol("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, target) : NULL;
}

/* Open WebUI hands its exporter of gRPC whether it is to go without TLS, and only https:// overrules that: http://
 * alone does not. HOST:PORT will do for gRPC. */
static fallible read_address(struct settings *settings, const char *url, struct otlp_target *target)
{
	const char *host = strstr(url, "://");
	bool insecure;
	if (target->protocol != OTLP_GRPC)
		return otlp_read_address("OTEL_EXPORTER_OTLP_ENDPOINT", url, target);
	TRY(is_on(settings, "OTEL_EXPORTER_OTLP_INSECURE", &insecure));
	if (text_starts(url, "https://"))
		return otlp_read_address("OTEL_EXPORTER_OTLP_ENDPOINT", url, target);
	if (!host || text_starts(url, "http://")) {
		AUTO(memory) char *meant =
			text_format("%s://%s", insecure ? "http" : "https", host ? host + 3 : url);
		target->forced_tls = !insecure;
		return otlp_read_address("OTEL_EXPORTER_OTLP_ENDPOINT", meant, target);
	}
	return otlp_read_address("OTEL_EXPORTER_OTLP_ENDPOINT", url, target);
}

static void add_basic(const char *user, const char *password, struct strings *headers)
{
	AUTO(secret) char *both = text_format("%s:%s", user, password);
	size_t room = sodium_base64_encoded_len(strlen(both), sodium_base64_VARIANT_ORIGINAL);
	AUTO(secret) char *encoded = mem_new(room, 1);
	sodium_bin2base64(encoded, room, (const unsigned char *)both, strlen(both), sodium_base64_VARIANT_ORIGINAL);
	strings_add_taken(headers, text_format("authorization: Basic %s", encoded));
}

static fallible read_credentials(struct settings *settings, struct otlp_target *target)
{
	const char *user = NULL, *password = NULL, *headers = NULL, *ca_file = NULL;
	TRY(settings_get(settings, "OTEL_BASIC_AUTH_USERNAME", &user));
	TRY(settings_get(settings, "OTEL_BASIC_AUTH_PASSWORD", &password));
	TRY(settings_get(settings, "OTEL_EXPORTER_OTLP_HEADERS", &headers));
	TRY(settings_get(settings, "OTEL_EXPORTER_OTLP_CERTIFICATE", &ca_file));
	target->ca_file = text_copy(ca_file);
	target->credentials = "OTEL_BASIC_AUTH_USERNAME and OTEL_BASIC_AUTH_PASSWORD are to say who sends it, or "
			      "OTEL_EXPORTER_OTLP_HEADERS";
	if (user && password)
		add_basic(user, password, &target->headers);
	else if (headers)
		return otlp_read_pairs("OTEL_EXPORTER_OTLP_HEADERS", headers, ": ", &target->headers);
	return NULL;
}

fallible otlp_read_open_webui(struct settings *settings, struct otlp_target *target)
{
	const char *url = NULL;
	bool any;
	TRY(read_signals(settings, target, &any));
	TRY(settings_get(settings, "OTEL_EXPORTER_OTLP_ENDPOINT", &url));
	if (!any || !url)
		return NULL;
	TRY(read_protocol(settings, target));
	TRY(read_credentials(settings, target));
	return read_address(settings, url, target);
}
