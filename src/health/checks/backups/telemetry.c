/* Whether what a server tells of itself gets anywhere. */
#include "health/address.h"
#include "health/environment.h"
#include "health/result.h"
#include "health/scene.h"

/* What is localhost for servers elsewhere is not so here. */
static bool servers_are_here(const struct scene *scene)
{
	for (size_t i = 0; i < scene->fleet.replicas.count; i++)
		if (!address_is_own(scene->fleet.replicas.items[i].url))
			return false;
	return true;
}

static fallible look_for_deaf(struct checking *checking)
{
	const struct telemetry_sight *seen = &checking->scene->telemetry;
	bool here = servers_are_here(checking->scene);
	if (seen->sight.absent)
		result_skip(checking->result, "telemetry is not on in the settings that owctl has");
	for (size_t i = 0; i < seen->answers.count; i++)
		if (*seen->answers.items[i] && (here || !address_is_own(seen->endpoints.items[i])))
			checking_found(checking, seen->endpoints.items[i], "takes no telemetry: %s",
				       seen->answers.items[i]);
	return NULL;
}

HEALTH_CHECK(telemetry_lost) = {
	.code = "OW911",
	.name = "telemetry-taken",
	.title = "somebody takes the telemetry that the servers send",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.why = "Then what happens is written down nowhere, and each server tries again and again. By HTTP an empty "
	       "message is sent to the very address that is set, as the server does it; by gRPC a connection is "
	       "tried. owctl tries it from where it runs.",
	.remedy = "see that the collector runs; with OTEL_OTLP_SPAN_EXPORTER=http the address is used as it is, and "
		  "has to end with /v1/traces (OTEL_METRICS_EXPORTER_OTLP_ENDPOINT: /v1/metrics), without it gRPC "
		  "goes to port 4317",
	.run = look_for_deaf,
};

static fallible look_for_silence(struct checking *checking)
{
	bool on, metrics, logs;
	TRY(environment_is(checking, "ENABLE_OTEL", "true", &on));
	TRY(environment_is(checking, "ENABLE_OTEL_METRICS", "true", &metrics));
	TRY(environment_is(checking, "ENABLE_OTEL_LOGS", "true", &logs));
	if (!on)
		result_skip(checking->result, "telemetry is not on in the settings that owctl has");
	else if (!(metrics && logs))
		checking_found(checking, NULL, "telemetry is on, but not for %s",
			       metrics ? "logs" : logs ? "metrics" : "metrics and logs");
	return NULL;
}

HEALTH_CHECK(signals_off) = {
	.code = "OW912",
	.name = "telemetry-whole",
	.title = "where telemetry is on, metrics and logs are part of it",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_INFO,
	.why = "ENABLE_OTEL alone sends nothing of them.",
	.remedy = "set ENABLE_OTEL_METRICS=true and ENABLE_OTEL_LOGS=true",
	.run = look_for_silence,
};

static fallible look_for_no_audit(struct checking *checking)
{
	bool known, off;
	const char *value = NULL;
	TRY(environment_look(checking, "AUDIT_LOG_LEVEL", &known, &value));
	TRY(environment_is(checking, "AUDIT_LOG_LEVEL", "NONE", &off));
	if (!known)
		result_skip(checking->result, "nobody tells AUDIT_LOG_LEVEL of the servers");
	else if (off || !value)
		checking_found(checking, NULL, "the servers keep no audit log");
	return NULL;
}

HEALTH_CHECK(no_audit) = {
	.code = "OW913",
	.name = "audit-log",
	.title = "the servers keep an audit log",
	.family = FAMILY_BACKUPS,
	.severity = SEVERITY_INFO,
	.why = "Who changed a setting, deleted an account or read a chat can't be told afterwards.",
	.remedy = "set AUDIT_LOG_LEVEL=METADATA, and have DATA_DIR/audit.log collected (or ENABLE_AUDIT_STDOUT=true)",
	.run = look_for_no_audit,
};
