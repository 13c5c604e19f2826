/* Whether the pools of all replicas fit into the server, before they are full. */
#include "health/pools.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_too_many(struct checking *checking)
{
	const struct database_sight *database = &checking->scene->database;
	int64_t replicas = (int64_t)scene_speaking(checking->scene);
	struct pools pools;
	TRY(pools_read(checking, &pools));
	if (!pools.size) /* a connection for each use */
		return NULL;
	int64_t pool = pools.size + pools.overflow;
	int64_t most = replicas * pools.workers * pools.engines * pool;
	int64_t room = database->connections_most - database->connections_reserved;
	if (most > room)
		checking_found(checking, NULL,
			       "the pools may open %lld connections (%lld replicas x %lld workers x %lld engines x "
			       "%lld), the server has %lld (max_connections %lld less %lld reserved)",
			       (long long)most, (long long)replicas, (long long)pools.workers,
			       (long long)pools.engines, (long long)pool, (long long)room,
			       (long long)database->connections_most, (long long)database->connections_reserved);
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
