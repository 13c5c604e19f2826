/* The messages of OTLP that owctl sends and reads, as tables for telemetry/protobuf.h: opentelemetry-proto 1.x,
 * opentelemetry/proto/{collector/..,common/v1,resource/v1,trace/v1,metrics/v1,logs/v1}. */
#ifndef TELEMETRY_FIELDS_H
#define TELEMETRY_FIELDS_H

#include "telemetry/otlp.h"
#include "telemetry/protobuf.h"

extern const struct pb_field *const otlp_requests[SIGNALS]; /* Export{Metrics,Logs,Trace}ServiceRequest */
extern const struct pb_field *const otlp_responses[SIGNALS];
extern const struct pb_field otlp_status[]; /* google.rpc.Status */

#endif
