/* The requirements themselves. */
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"
#include "health/ready/ready.h"
#include "openwebui/vectors.h"

static fallible setting_is(struct ready_ground *ground, const char *name, const char *wanted, enum ready_state *state)
{
	const char *value = NULL;
	TRY(settings_get(ground->settings, name, &value));
	*state = value && !strcasecmp(value, wanted) ? READY_MET : READY_UNMET;
	if (*state == READY_UNMET)
		ground->why = text_format("%s is %s in the settings that owctl has", name, value ? value : "not set");
	return NULL;
}

/* ---- load balancing ---- */

static fallible has_balancer(struct ready_ground *ground, enum ready_state *state)
{
	const struct fleet_sight *fleet = &ground->scene->fleet;
	*state = replica_speaks(&fleet->front) ? READY_MET : READY_UNMET;
	if (*state == READY_UNMET)
		ground->why = text_copy(fleet->guessed ? "no list of replicas is given, so nothing stands before them"
				       : fleet->front.url ? "nothing answers at WEBUI_URL"
							  : "WEBUI_URL is not set");
	return NULL;
}

/* ---- database, and what else is shared ---- */

static fallible has_server(struct ready_ground *ground, enum ready_state *state)
{
	const struct database_sight *database = &ground->scene->database;
	if (database->sight.failure) {
		*state = READY_UNKNOWN;
		ground->why = text_copy("the database was not reached");
	} else if (!database->server) {
		*state = READY_UNMET;
		ground->why = text_format("it is a file, %s", database->display);
	}
	return NULL;
}

/* What runs the replicas tells more than owctl's own settings. */
static bool is_told_by_orchestrator(const struct scene *scene)
{
	const char *why;
	return needs_are_met(scene, NEEDS_ORCHESTRATOR | NEEDS_TWO_REPLICAS, &why);
}

static fallible migrates_apart(struct ready_ground *ground, enum ready_state *state)
{
	if (is_told_by_orchestrator(ground->scene)) /* a check has found nothing */
		return NULL;
	return setting_is(ground, "ENABLE_DB_MIGRATIONS", "false", state);
}

static fallible has_redis(struct ready_ground *ground, enum ready_state *state)
{
	if (ground->scene->redis.sight.absent) {
		*state = READY_UNMET;
		ground->why = text_copy("REDIS_URL is not set");
	}
	return NULL;
}

static fallible shares_sockets(struct ready_ground *ground, enum ready_state *state)
{
	return setting_is(ground, "WEBSOCKET_MANAGER", "redis", state);
}

/* ---- storage ---- */

static fallible has_bucket(struct ready_ground *ground, enum ready_state *state)
{
	const char *provider = NULL;
	TRY(settings_get(ground->settings, "STORAGE_PROVIDER", &provider));
	if (provider && *provider && strcasecmp(provider, "local") != 0)
		return NULL;
	*state = READY_UNKNOWN;
	ground->why = text_copy("uploads are in a folder: whether all replicas share it owctl can't see from here");
	return NULL;
}

static fallible has_backups(struct ready_ground *ground, enum ready_state *state)
{
	if (ground->scene->repository.sight.absent) {
		*state = READY_UNMET;
		ground->why = text_copy("OWCTL_REPOSITORY is not set");
	}
	return NULL;
}

static fallible has_vector_server(struct ready_ground *ground, enum ready_state *state)
{
	const char *store = NULL;
	TRY(settings_get(ground->settings, "VECTOR_DB", &store));
	if (store && *store && strcasecmp(store, "chroma") != 0)
		return NULL;
	const char *host = NULL;
	*state = READY_UNMET;
	TRY(settings_get(ground->settings, "CHROMA_HTTP_HOST", &host));
	if (host && *host)
		*state = READY_MET;
	else
		ground->why = text_copy("vectors are in Chroma's files, which one process at a time may have open");
	return NULL;
}

/* ---- containers ---- */

static fallible has_key(struct ready_ground *ground, enum ready_state *state)
{
	if (!ground->scene->has_secret_key) {
		*state = READY_UNMET;
		ground->why = text_copy("WEBUI_SECRET_KEY is not among the settings that owctl has");
	}
	return NULL;
}

static fallible has_several(struct ready_ground *ground, enum ready_state *state)
{
	size_t count = scene_speaking(ground->scene), found = ground->scene->fleet.replicas.count;
	*state = count > 1 ? READY_MET : READY_UNMET;
	if (count < 2)
		ground->why = text_format("%zu replica%s found%s", found, found == 1 ? " was" : "s were",
					  found == count ? "" : count ? ", and 1 answers" : ", and 0 answer");
	return NULL;
}

static fallible has_telemetry(struct ready_ground *ground, enum ready_state *state)
{
	return setting_is(ground, "ENABLE_OTEL", "true", state);
}

const struct requirement requirements[] = {
	{READY_BALANCING, "a load balancer stands before the replicas",
	 "put nginx, HAProxy, an Ingress or a load balancer of a cloud before them, set WEBUI_URL to its address, and "
	 "OWCTL_REPLICAS to where the replicas are",
	 has_balancer, {"front-answers", "front-is-open-webui", "front-leads-here"}},
	{READY_BALANCING, "it sends requests to replicas that answer, and to all of them",
	 "name WEBUI_URL and OWCTL_REPLICAS, so that it can be looked at", NULL,
	 {"no-dead-member", "requests-spread", "front-addresses"}},
	{READY_BALANCING, "websockets, sign-ins and uploads get through it",
	 "name WEBUI_URL and OWCTL_REPLICAS, so that it can be looked at", NULL,
	 {"websocket-passes", "authorization-passes", "uploads-pass", "polling-sticks"}},
	{READY_BALANCING, "browsers come to it by TLS that they trust", "set WEBUI_URL to its https:// address", NULL,
	 {"certificate-trusted", "certificate-lasts", "passwords-encrypted"}},

	{READY_DATABASE, "the database is PostgreSQL",
	 "`owctl backup create`, then `owctl backup restore` with the DATABASE_URL of PostgreSQL", has_server,
	 {"database-reached"}},
	{READY_DATABASE, "it is at the revision of the release, and whole",
	 "`owctl migrate status`, `owctl migrate verify`", NULL,
	 {"revision-recorded", "revision-of-release", "migration-finished", "migration-whole", "schema-complete",
	  "schema-indexes"}},
	{READY_DATABASE, "it has connections for all replicas",
	 "name the replicas (OWCTL_REPLICAS) and a PostgreSQL, so that it can be looked at", NULL,
	 {"pools-fit", "connections-left"}},
	{READY_DATABASE, "migrations are made by one, before a release starts",
	 "set ENABLE_DB_MIGRATIONS=false on all replicas, and run `owctl migrate up` before each new release",
	 migrates_apart, {"one-migrator"}},

	{READY_SHARED_STATE, "the replicas have a Redis in common",
	 "set REDIS_URL on all replicas, and give owctl the same environment", has_redis,
	 {"redis-reached", "redis-shared", "redis-keeps-keys"}},
	{READY_SHARED_STATE, "websocket events get around by it",
	 "set WEBSOCKET_MANAGER=redis, and WEBSOCKET_REDIS_URL if it is another one", shares_sockets, {NULL}},
	{READY_SHARED_STATE, "all replicas have one secret key",
	 "make one (`openssl rand -hex 32`), and give it to all replicas as WEBUI_SECRET_KEY, from a secret",
	 has_key, {"same-secret-key", "secret-key-given", "secret-key-strong"}},

	{READY_STORAGE, "all replicas see the same uploads",
	 "move them into a bucket (STORAGE_PROVIDER=s3, gcs or azure), or mount one volume as DATA_DIR on all of them",
	 has_bucket, {"uploads-reached", "uploads-kept", "uploads-shared", "uploads-one-provider"}},
	{READY_STORAGE, "vectors are in a store for several processes",
	 "set VECTOR_DB=pgvector (or qdrant, milvus, ..), and have knowledge indexed again: " VECTORS_REINDEX,
	 has_vector_server, {"vectors-for-several", "vectors-reached"}},
	{READY_STORAGE, "what is lost can be had back",
	 "set OWCTL_REPOSITORY, and have `owctl backup create` run each night, `owctl backup drill` each month",
	 has_backups, {"repository-reached", "backup-fresh", "backup-complete", "backup-tried"}},

	{READY_STATELESS, "all replicas run one release of one image", "name the replicas (OWCTL_REPLICAS)", NULL,
	 {"same-release", "same-image", "fixed-image"}},
	{READY_STATELESS, "all replicas have the same settings", "name the replicas (OWCTL_REPLICAS)", NULL,
	 {"same-settings", "same-environment", "same-database"}},

	{READY_ORCHESTRATION, "there are at least two replicas",
	 "start another one, and name all: --replica kubernetes:NAMESPACE/SERVICE, swarm:SERVICE, dns:NAME:PORT, ..",
	 has_several, {"replicas-running"}},
	{READY_ORCHESTRATION, "who is not ready gets no requests, and who hangs is started again",
	 "have owctl find the replicas by who runs them: --replica kubernetes:NAMESPACE/SERVICE, swarm:SERVICE, ..",
	 NULL, {"readiness-probe", "liveness-probe", "orchestrator-agrees", "no-restarts", "enough-memory"}},

	{READY_OBSERVABILITY, "metrics and logs of all replicas go to one place",
	 "set ENABLE_OTEL=true, ENABLE_OTEL_METRICS=true, ENABLE_OTEL_LOGS=true and OTEL_EXPORTER_OTLP_ENDPOINT",
	 has_telemetry, {"telemetry-taken"}},
	{0},
};
