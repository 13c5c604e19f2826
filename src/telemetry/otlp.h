/* Where telemetry is gathered: OTLP/HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/). */
#ifndef TELEMETRY_OTLP_H
#define TELEMETRY_OTLP_H

#include "settings/settings.h"
#include "telemetry/batch.h"

struct otlp_target {
	char *base; /* "https://collector.example:4318", without "/" at its end; NULL: nothing is sent */
	struct strings headers; /* "name: value"; secret */
};
void otlp_target_cleanup(struct otlp_target *target);

/* By `url`, or OWCTL_OTLP_ENDPOINT where that is NULL, and OWCTL_OTLP_HEADERS, which are read as
 * OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS are: v1/metrics, v1/logs and v1/traces follow the address,
 * and are taken off where it ends with one of them; headers are "name=value,name=value", with values percent-encoded.
 * ERR_SETTINGS, which shows no value. */
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

extern const char *const otlp_paths[SIGNALS]; /* behind the address: "/v1/metrics" */

/* What a collector says, for messages: safe for a terminal, short, and without the values of the headers that it was
 * sent. To be freed. */
char *otlp_quote(const struct otlp_target *target, const char *text) MUST_CHECK;

#endif
