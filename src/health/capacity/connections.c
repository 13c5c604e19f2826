/* Connections: to the database, to Redis, and the threads that wait for others. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/capacity/figures.h"
#include "health/capacity/inner.h"
#include "health/capacity/sums.h"

#define US_A_SECOND 1000000
/* PGVECTOR_POOL_SIZE is not set: a pool of SQLAlchemy's usual size. */
#define VECTOR_POOL 15

/* Of all servers. */
struct processes {
	int64_t low, high;
};

/* ---- the database's limit ---- */

static int64_t room_of(const struct capacity_ground *ground)
{
	bool known = ground->server && ground->connections_most > 0;
	return known ? ground->connections_most - sum_most(ground->connections_reserved, 0) : -1;
}

/* Pools that fit: so many connections each, if that is one at least. */
static void tell_ways_out(struct capacity_item *item, const struct capacity_ground *ground, int64_t processes)
{
	int64_t vectors = ground->vectors_in_database ? VECTOR_POOL : 0;
	int64_t each = (item->present / processes - vectors) / ground->pools.engines;
	AUTO(memory) char *smaller =
		each > 0 ? text_format("DATABASE_POOL_SIZE=%lld and DATABASE_POOL_MAX_OVERFLOW=0 on all replicas, ",
				       (long long)each)
			 : text_copy("");
	capacity_remedy(item, "%smax_connections = %lld, or PgBouncer (pool_mode = transaction) before the database",
			smaller, (long long)sum_plus(item->high, sum_most(ground->connections_reserved, 0)));
}

static void add_database(const struct capacity_ground *ground, const struct processes *processes,
			 struct capacity *capacity)
{
	const struct pools *pools = &ground->pools;
	int64_t pool = pools->size + pools->overflow, vectors = ground->vectors_in_database ? VECTOR_POOL : 0;
	struct capacity_item *item =
		capacity_add(capacity, "database-connections", "connections to the database", UNIT_COUNT);
	if (!pools->size) { /* whatever the overflow says */
		capacity_unknown(item, "DATABASE_POOL_SIZE=0 opens a connection for each use, and nothing bounds them");
		capacity_remedy(item, "set DATABASE_POOL_SIZE, or have PgBouncer keep the connections");
		return;
	}
	capacity_need(item, sum_times(processes->low, pool),
		      sum_times(processes->high, sum_plus(sum_times(pools->engines, pool), vectors)));
	capacity_have(item, room_of(ground));
	capacity_formula(item,
			 CAPACITY_PROCESSES " x (%lld pool + %lld overflow); " CAPACITY_PROCESSES
					    " x %lld engine%s x that%s%s",
			 CAPACITY_OF_PROCESSES(processes->low), (long long)pools->size, (long long)pools->overflow,
			 CAPACITY_OF_PROCESSES(processes->high), (long long)pools->engines,
			 pools->engines == 1 ? "" : "s", vectors ? ", and 15 each for the vectors" : "",
			 ground->server ? "" : "; of a PostgreSQL, as the database is a file now");
	AUTO(memory) char *limit =
		item->present_known ? text_format("; measured here: max_connections %lld less %lld reserved",
						  (long long)ground->connections_most,
						  (long long)sum_most(ground->connections_reserved, 0))
				    : text_copy("");
	capacity_source(item, "%s%s",
			pools->size_told ? "settings: DATABASE_POOL_SIZE, DATABASE_POOL_MAX_OVERFLOW"
					 : "SQLAlchemy's default, as DATABASE_POOL_SIZE is not set as far as is known",
			limit);
	if (item->present_known)
		tell_ways_out(item, ground, processes->high);
}

/* ---- a process's pool ---- */

/* As many are in use at once as come in a second, times the seconds that each takes (Little's law). */
static int64_t in_use(int64_t people, int64_t busy_us, int64_t every_s)
{
	return sum_most(1, sum_share(people, busy_us, every_s * US_A_SECOND));
}

/* Turns that are under way at the busiest. */
static int64_t turns_of(int64_t people)
{
	return sum_share(people, TURN_LASTS_S, TURN_BUSY_S);
}

static void add_pool(const struct capacity_ground *ground, const struct processes *processes,
		     struct capacity *capacity)
{
	int64_t fewest = sum_parts(ground->people, processes->high), most = sum_parts(ground->people, processes->low);
	int64_t pool = ground->pools.size + ground->pools.overflow;
	struct capacity_item *item = capacity_add(
		capacity, "database-pool", "connections that a process has in use at once", UNIT_COUNT);
	if (ground->round_trip_us < 0) {
		capacity_unknown(item, "how far the database is could not be measured");
		return;
	}
	int64_t busy_us = sum_times(TURN_TRANSACTIONS * TRANSACTION_TRIPS, ground->round_trip_us);
	int64_t turns = turns_of(most);
	capacity_need(item, in_use(fewest, busy_us, TURN_CALM_S), sum_most(turns, in_use(most, busy_us, TURN_BUSY_S)));
	capacity_have(item, ground->pools.size ? pool : -1);
	capacity_formula(item,
			 "%lld people x %d transactions a turn x %d round trips of %.2f ms / %d s; %lld people x the "
			 "same / %d s, or one for each of %lld turns under way (%d of %d s)",
			 (long long)fewest, TURN_TRANSACTIONS, TRANSACTION_TRIPS, (double)ground->round_trip_us / 1000,
			 TURN_CALM_S, (long long)most, TURN_BUSY_S, (long long)turns, TURN_LASTS_S, TURN_BUSY_S);
	capacity_source(item, "measured here, from where owctl runs: the round trip; on 0.12.4: the transactions, and "
			      "that a turn holds a connection; assumed: how often one begins, and how long it lasts");
	capacity_remedy(item, "set DATABASE_POOL_SIZE=%lld, bring the database nearer, or start more replicas",
			(long long)item->high);
}

/* ---- Redis, threads ---- */

static void add_redis(const struct capacity_ground *ground, const struct processes *processes,
		      struct capacity *capacity)
{
	struct capacity_item *item = capacity_add(capacity, "redis-clients", "clients of Redis", UNIT_COUNT);
	int64_t turns = turns_of(ground->people);
	capacity_need(item, sum_times(processes->low, REDIS_IDLE),
		      sum_plus(sum_times(processes->high, REDIS_USED), sum_times(turns, REDIS_A_TURN)));
	capacity_have(item, ground->redis_absent ? -1 : ground->redis_clients_most);
	capacity_formula(item,
			 CAPACITY_PROCESSES " x %d; " CAPACITY_PROCESSES " x %d + %lld turns under way x %d%s",
			 CAPACITY_OF_PROCESSES(processes->low), REDIS_IDLE, CAPACITY_OF_PROCESSES(processes->high),
			 REDIS_USED, (long long)turns, REDIS_A_TURN,
			 ground->redis_absent ? "; no Redis is set now" : "");
	capacity_source(item, "measured on 0.12.4: just started, and with people; assumed: turns under way%s",
			item->present_known ? "; measured here: maxclients" : "");
	capacity_remedy(item, "CONFIG SET maxclients %lld (and the limit of open files of its process)",
			(long long)sum_most(item->high, 10000));
}

static void add_threads(const struct capacity_ground *ground, struct capacity *capacity)
{
	struct capacity_item *item = capacity_add(
		capacity, "threads", "calls that a process may wait for at once (THREAD_POOL_SIZE)", UNIT_COUNT);
	int64_t need = ground->people >= LARGE_SCALE ? THREADS_LARGE : THREADS_USUAL;
	capacity_need(item, need, need);
	capacity_have(item, ground->threads);
	capacity_formula(item, "%d, and %d from %d people on", THREADS_USUAL, THREADS_LARGE, LARGE_SCALE);
	capacity_source(item, "upstream's page: %s%s", SCALING_PAGE,
			item->present_known ? "; setting: THREAD_POOL_SIZE" : "");
	capacity_remedy(item, "set THREAD_POOL_SIZE=%lld on all replicas", (long long)need);
}

void capacity_add_connections(const struct capacity_ground *ground, const struct capacity_servers *servers,
			      struct capacity *capacity)
{
	struct processes processes = {.low = sum_times(servers->low, ground->pools.workers),
				      .high = sum_times(servers->high, ground->pools.workers)};
	add_database(ground, &processes, capacity);
	if (ground->server)
		add_pool(ground, &processes, capacity);
	add_redis(ground, &processes, capacity);
	add_threads(ground, capacity);
}
