/* Whether the pools of all replicas fit into the server, before they are full. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/environment.h"
#include "health/majority.h"
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/release.h"

/* Each process of a server has two engines on PostgreSQL, with a pool each (internal/db.py); one before 0.9. */
#define ENGINES 2
#define FIRST_WITH_TWO "0.9.0"
/* SQLAlchemy's QueuePool, where DATABASE_POOL_SIZE is not set: 5, and 10 more in need. */
#define USUAL_POOL 15

/* As Python's int() reads it, near enough; `fallback` where it is not set or no number. */
static fallible read_number(const struct checking *checking, const char *name, int64_t fallback, int64_t *number)
{
	const char *text = NULL;
	char *end;
	bool known;
	TRY(environment_look(checking, name, &known, &text));
	*number = text ? strtoll(text, &end, 10) : fallback;
	if (text && (end == text || *end))
		*number = fallback;
	return NULL;
}

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

static fallible look_for_too_many(struct checking *checking)
{
	const struct database_sight *database = &checking->scene->database;
	int64_t workers, size, overflow, replicas = (int64_t)scene_speaking(checking->scene);
	TRY(read_number(checking, "UVICORN_WORKERS", 1, &workers));
	TRY(read_number(checking, "DATABASE_POOL_SIZE", -1, &size));
	TRY(read_number(checking, "DATABASE_POOL_MAX_OVERFLOW", 0, &overflow));
	if (size == 0) /* no pool: a connection for each use */
		return NULL;
	int64_t pool = size > 0 ? size + (overflow > 0 ? overflow : 0) : USUAL_POOL;
	const char *release = majority_of(checking->scene, release_of);
	int engines = release && release_compare(release, FIRST_WITH_TWO) < 0 ? 1 : ENGINES;
	int64_t most = replicas * (workers > 0 ? workers : 1) * engines * pool;
	int64_t room = database->connections_most - database->connections_reserved;
	if (most > room)
		checking_found(checking, NULL,
			       "the pools may open %lld connections (%lld replicas x %lld workers x %d engines x "
			       "%lld), the server has %lld (max_connections %lld less %lld reserved)",
			       (long long)most, (long long)replicas, (long long)(workers > 0 ? workers : 1), engines,
			       (long long)pool, (long long)room, (long long)database->connections_most,
			       (long long)database->connections_reserved);
	return NULL;
}

HEALTH_CHECK(too_many) = {
	.code = "OW311",
	.name = "pools-fit",
	.title = "the pools of all replicas fit into the database server",
	.family = FAMILY_DATABASE,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_REPLICAS | NEEDS_DATABASE | NEEDS_SQL_SERVER,
	.why = "Under load each process opens up to two pools of DATABASE_POOL_SIZE + DATABASE_POOL_MAX_OVERFLOW "
	       "connections (15, where no size is set), times UVICORN_WORKERS, times replicas. When that is more than "
	       "the server has, requests fail just when most people are there. The settings are taken to be those of "
	       "all replicas; a pooler between is not seen.",
	.remedy = "lower DATABASE_POOL_SIZE and DATABASE_POOL_MAX_OVERFLOW, raise max_connections, or put PgBouncer "
		  "between",
	.page = "https://docs.openwebui.com/getting-started/advanced-topics/scaling/",
	.run = look_for_too_many,
};
