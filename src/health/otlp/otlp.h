/* What a look at an installation has found, for where telemetry is gathered (telemetry/batch.h): a log record for each
 * thing that was found, and spans of the parts and replicas that were looked at. Metrics are those of --metrics. */
#ifndef HEALTH_OTLP_OTLP_H
#define HEALTH_OTLP_OTLP_H

#include "health/result.h"
#include "health/scene.h"
#include "telemetry/batch.h"

/* A record for each thing that was found and counts, and for each check that could not find out. */
void health_add_logs(struct otlp_batch *batch, const struct scene *scene, const struct results *results);

/* Below the root a span for each part that was looked at, and below the replicas' one for each of them. */
void health_add_spans(struct otlp_batch *batch, const struct scene *scene);

#endif
