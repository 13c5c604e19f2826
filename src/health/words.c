/* What the enums of check.h and result.h are called. */
#include "health/check.h"
#include "health/result.h"

const struct family_words family_words[FAMILIES] = {
	[FAMILY_REPLICAS] = {"replicas", "Replicas"},
	[FAMILY_FLEET] = {"fleet", "The replicas together"},
	[FAMILY_DATABASE] = {"database", "Database"},
	[FAMILY_REDIS] = {"redis", "Redis"},
	[FAMILY_STORAGE] = {"storage", "Files and vectors"},
	[FAMILY_ORCHESTRATOR] = {"orchestrator", "Orchestrator"},
	[FAMILY_BALANCER] = {"balancer", "Load balancer"},
	[FAMILY_SECURITY] = {"security", "Security"},
	[FAMILY_BACKUPS] = {"backups", "Backups and telemetry"},
};

const char *const severity_names[SEVERITIES] = {
	[SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "warning", [SEVERITY_CRITICAL] = "critical"};

const char *const certainty_names[CERTAINTIES] = {[CERTAINTY_PROVEN] = "proven", [CERTAINTY_LIKELY] = "likely"};

const char *const outcome_names[OUTCOMES] = {[OUTCOME_GOOD] = "good",
					     [OUTCOME_TROUBLE] = "trouble",
					     [OUTCOME_UNKNOWN] = "unknown",
					     [OUTCOME_SKIPPED] = "skipped"};
