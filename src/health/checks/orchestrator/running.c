/* Whether as many run as are to run, and stay up. */
#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

/* So often a restart is no accident any more. */
#define OFTEN 3

static size_t count_running(const struct replicas *replicas)
{
	size_t count = 0;
	for (size_t i = 0; i < replicas->count; i++)
		count += replicas->items[i].orchestrated.running;
	return count;
}

static fallible look_for_missing(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	size_t running = count_running(replicas);
	if ((int64_t)running < replicas->wanted)
		checking_found_as(checking, running ? SEVERITY_WARNING : SEVERITY_CRITICAL, NULL,
				  "%zu of %lld replicas run that are to run", running, (long long)replicas->wanted);
	return NULL;
}

HEALTH_CHECK(missing) = {
	.code = "OW601",
	.name = "replicas-running",
	.title = "as many replicas run as are wanted",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "What is missing can't be scheduled or does not start: no node with enough memory, an image that can't "
	       "be pulled, a container that ends at once. The others carry its load, and nobody is left if one more "
	       "goes.",
	.remedy = "`kubectl describe pod`, `docker service ps --no-trunc` tell why",
	.run = look_for_missing,
};

static bool says_ready(const struct replica *replica)
{
	return replica_answered(replica, ASK_READY) && replica->answers[ASK_READY].http.status == 200;
}

static fallible look_for_unready(struct checking *checking)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(checking->scene, &i));)
		if (replica->orchestrated.known && !replica->orchestrated.ready && says_ready(replica))
			checking_found(checking, replica->name,
				       "gets no requests: its %s is not ready, though the server says that it is",
				       replica->orchestrated.kind);
	return NULL;
}

HEALTH_CHECK(unready) = {
	.code = "OW602",
	.name = "orchestrator-agrees",
	.title = "the orchestrator takes every replica for ready that is",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR | NEEDS_REPLICAS,
	.why = "A readiness probe or health check asks for a path, a port or in a time that the server does not "
	       "answer, or looks at something else: the replica runs for nothing.",
	.remedy = "have the probe ask GET /ready at the server's port, with 5 s of time",
	.run = look_for_unready,
};

#define DAY_S 86400

/* What ended longer ago is history: nobody can do anything about it but know it. */
static enum severity severity_of(const struct checking *checking, const struct orchestrated *own)
{
	bool old = own->last_end_at && checking->scene->now - own->last_end_at > DAY_S;
	return old ? SEVERITY_INFO : checking->result->check->severity;
}

static fallible look_for_restarts(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	for (size_t i = 0; i < replicas->count; i++) {
		const struct orchestrated *own = &replicas->items[i].orchestrated;
		if (own->restarts >= OFTEN && !text_equal(own->last_end, "OOMKilled"))
			checking_found_as(checking, severity_of(checking, own), replicas->items[i].name,
					  "was started again %lld times%s%s", (long long)own->restarts,
					  own->last_end ? "; it last ended with: " : "",
					  own->last_end ? own->last_end : "");
	}
	return NULL;
}

HEALTH_CHECK(restarts) = {
	.code = "OW603",
	.name = "no-restarts",
	.title = "no replica is started again and again",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "Each restart breaks off what people are doing there, and takes a minute until the server answers. "
	       "Mostly the start fails (a migration, a missing setting), or a liveness probe kills a server that "
	       "waits for something.",
	.remedy = "look at the log of the one before (`kubectl logs --previous`, `docker logs`); have the liveness "
		  "probe ask GET /health, and not /ready; a day after the last one it is only mentioned",
	.page = "https://github.com/open-webui/open-webui/issues/27210",
	.run = look_for_restarts,
};

static fallible look_for_killed(struct checking *checking)
{
	const struct replicas *replicas = &checking->scene->fleet.replicas;
	for (size_t i = 0; i < replicas->count; i++) {
		const struct orchestrated *own = &replicas->items[i].orchestrated;
		if (!text_equal(own->last_end, "OOMKilled"))
			continue;
		enum severity severity = severity_of(checking, own);
		if (own->memory_limit > 0)
			checking_found_as(checking, severity, replicas->items[i].name,
					  "was killed when it needed more memory than its limit of %lld MB",
					  (long long)(own->memory_limit >> 20));
		else
			checking_found_as(checking, severity, replicas->items[i].name,
					  "was killed when its host had no memory left");
	}
	return NULL;
}

HEALTH_CHECK(killed) = {
	.code = "OW604",
	.name = "enough-memory",
	.title = "no replica was killed for lack of memory",
	.family = FAMILY_ORCHESTRATOR,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_ORCHESTRATOR,
	.why = "The kernel ends a server that needs more than its limit, in the middle of everything, and it will do "
	       "so again. A migration that was killed leaves a schema that is half made (#23134).",
	.remedy = "raise the limit: a server needs 400 MB to start, 1 GB and more with local models for embeddings; "
		  "`owctl migrate verify` tells whether a migration was cut off",
	.page = "https://github.com/open-webui/open-webui/issues/23134",
	.run = look_for_killed,
};
