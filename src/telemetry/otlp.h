/* Where telemetry is gathered: OTLP (https://opentelemetry.io/docs/specs/otlp/), over HTTP or gRPC. */
#ifndef TELEMETRY_OTLP_H
#define TELEMETRY_OTLP_H

#include "settings/settings.h"
#include "telemetry/batch.h"

enum otlp_protocol { OTLP_JSON, OTLP_PROTOBUF, OTLP_GRPC, OTLP_PROTOCOLS }; /* the first two over HTTP */

struct otlp_target {
	char *base; /* "https://collector.example:4318", without "/" at its end; NULL: nothing is sent */
	enum otlp_protocol protocol;
	bool wants[SIGNALS];
	struct strings headers;  /* "name: value"; secret */
	char *ca_file;           /* of its certificate; NULL: the system's */
	bool forced_tls;         /* the address has http://, and means TLS all the same */
	const char *credentials; /* a hint: what is to say who sends */
};
void otlp_target_cleanup(struct otlp_target *target);

/* By `url`, or OWCTL_OTLP_ENDPOINT where that is NULL, with OWCTL_OTLP_PROTOCOL and OWCTL_OTLP_HEADERS, which are read
 * as OTEL_EXPORTER_OTLP_ENDPOINT and its kin are: v1/metrics, v1/logs and v1/traces follow the address, and are taken
 * off where it ends with one of them; headers are "name=value,name=value", with values percent-encoded.
 *
 * Without either it is where Open WebUI itself sends to: OTEL_EXPORTER_OTLP_ENDPOINT with ENABLE_OTEL=true, and of that
 * what ENABLE_OTEL_TRACES, _METRICS and _LOGS are true for, in the way that Open WebUI does (open_webui/env.py and
 * utils/telemetry/ of 0.12.4): by gRPC, unless OTEL_OTLP_SPAN_EXPORTER is http, and then over TLS, whatever the address
 * says, unless OTEL_EXPORTER_OTLP_INSECURE is true; by the name of OTEL_BASIC_AUTH_USERNAME, or with the headers of
 * OTEL_EXPORTER_OTLP_HEADERS. OTEL_EXPORTER_OTLP_PROTOCOL counts where OTEL_OTLP_SPAN_EXPORTER says nothing.
 *
 * OTEL_SDK_DISABLED=true: nothing is sent, but to `url`. ERR_SETTINGS, which shows no value. */
fallible otlp_target_read(struct settings *settings, const char *url, struct otlp_target *target) MUST_CHECK;

/* Sends all that there is, within that time whatever the other side does; what may get better (429, 502, 503, 504, no
 * connection) is tried again in it, as often as `tries` lets it. An error names what did not get there, or was refused
 * in part; ERR_INTERRUPTED after a signal, unless `parting`. */
struct otlp_patience {
	int64_t within_ms, connect_ms; /* the latter: of each connection */
	int tries;
	bool parting;
};
fallible otlp_send(const struct otlp_target *target, const struct otlp_batch *batch,
		   const struct otlp_patience *patience) MUST_CHECK;

/* ---- for telemetry/ alone ---- */

/* The parts of it. `name`: the setting that `text` is of. */
fallible otlp_read_address(const char *name, const char *text, struct otlp_target *target) MUST_CHECK;
fallible otlp_read_protocol(const char *name, const char *text, struct otlp_target *target) MUST_CHECK;
/* "name=value,name=value": "nameSEPARATORvalue" each. */
fallible otlp_read_pairs(const char *name, const char *text, const char *separator, struct strings *pairs) MUST_CHECK;
fallible otlp_read_open_webui(struct settings *settings, struct otlp_target *target) MUST_CHECK;

extern const char *const otlp_paths[SIGNALS]; /* behind the address: "/v1/metrics" */

/* What a collector says, for messages: safe for a terminal, short, and without the values of the headers that it was
 * sent. To be freed. */
char *otlp_quote(const struct otlp_target *target, const char *text) MUST_CHECK;

#endif
