/* What a look at an installation has found, for where telemetry is gathered: OTLP/HTTP in JSON
 * (https://opentelemetry.io/docs/specs/otlp/, opentelemetry-proto 1.x). Metrics are the gauges of --metrics, logs a
 * record for each thing that was found, traces the run itself with its parts and replicas. */
#ifndef HEALTH_OTLP_OTLP_H
#define HEALTH_OTLP_OTLP_H

#include "backup/metrics.h"
#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

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

/* Sends all three, within 5 s whatever the other side does; what may get better (429, 502, 503, 504, no connection)
 * is tried again in that time. An error names what did not get there, or was refused in part;
 * ERR_INTERRUPTED after a signal. */
fallible otlp_send(const struct otlp_target *target, const struct metrics *metrics, const struct scene *scene,
		   const struct results *results) MUST_CHECK;

#endif
