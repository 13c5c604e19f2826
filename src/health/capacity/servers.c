/* Servers: how many, and what each has to have. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/capacity/figures.h"
#include "health/capacity/inner.h"
#include "health/capacity/sums.h"

#define US_A_SECOND 1000000
#define PERCENT 100

/* ---- replicas and workers ---- */

/* Processes that have so much to do for each of the people, so often. */
static int64_t processes(int64_t people, int64_t work_us, int64_t every_s, int64_t load_percent)
{
	return sum_share(sum_times(people, work_us), PERCENT, every_s * US_A_SECOND * load_percent);
}

static void tell_replicas(struct capacity_item *item, const struct capacity_ground *ground, int64_t most_us,
			  int64_t low, int64_t high)
{
	long long people = ground->people, workers = ground->pools.workers;
	capacity_formula(item,
			 "%lld people x %d ms of work a turn / %d s / %d %% = %lld; %lld x %lld ms / %d s / %d %% = "
			 "%lld, of processes; %lld to a replica%s",
			 people, TURN_CALM_US / 1000, TURN_CALM_S, LOAD_CALM_PERCENT, (long long)low, people,
			 (long long)most_us / 1000, TURN_BUSY_S, LOAD_BUSY_PERCENT, (long long)high, workers,
			 people >= SMALL_TEAM ? "; two replicas at least, so that one may be away" : "");
	AUTO(memory) char *measured =
		ground->request_us < 0
			? text_copy("no replica told how long a request takes here")
			: text_format("a request to the database takes %.1f ms here, and a turn makes %d; %d ms more "
				      "for the answer",
				      (double)ground->request_us / 1000, TURN_REQUESTS, TURN_STREAM_US / 1000);
	capacity_source(item,
			"measured on 0.12.4: the work of a turn; %s; assumed: a turn each %d to %d s, a process busy "
			"for %d to %d %%; setting: UVICORN_WORKERS",
			measured, TURN_BUSY_S, TURN_CALM_S, LOAD_BUSY_PERCENT, LOAD_CALM_PERCENT);
}

/* Upstream advises against more than one to a replica, where something runs the replicas. */
static void add_workers(const struct capacity_ground *ground, struct capacity *capacity, int64_t replicas, int64_t low,
			int64_t high)
{
	struct capacity_item *item = capacity_add(capacity, "workers",
						  "UVICORN_WORKERS of each, if there are to be no more replicas",
						  UNIT_COUNT);
	capacity_need(item, sum_parts(low, replicas), sum_parts(high, replicas));
	item->present_known = true;
	item->present = ground->pools.workers;
	capacity_formula(item, "%lld to %lld processes / %lld replica%s", (long long)low, (long long)high,
			 (long long)replicas, replicas == 1 ? "" : "s");
	capacity_source(item, "as of replicas; upstream prefers more of these: %s", SCALING_PAGE);
}

void capacity_add_servers(const struct capacity_ground *ground, struct capacity *capacity,
			  struct capacity_servers *servers)
{
	int64_t people = ground->people, workers = ground->pools.workers, least = people >= SMALL_TEAM ? 2 : 1;
	int64_t measured_us = sum_plus(TURN_STREAM_US, sum_times(TURN_REQUESTS, sum_most(ground->request_us, 0)));
	int64_t most_us = sum_most(TURN_BUSY_US, measured_us);
	int64_t low = processes(people, TURN_CALM_US, TURN_CALM_S, LOAD_CALM_PERCENT);
	int64_t high = processes(people, most_us, TURN_BUSY_S, LOAD_BUSY_PERCENT);
	servers->low = sum_most(least, sum_parts(low, workers));
	servers->high = sum_most(least, sum_parts(high, workers));
	struct capacity_item *item = capacity_add(capacity, "replicas", "replicas", UNIT_COUNT);
	capacity_need(item, servers->low, servers->high);
	capacity_have(item, ground->replicas);
	tell_replicas(item, ground, most_us, low, high);
	capacity_remedy(item, "%sstart replicas until there are %lld",
			ground->server ? "" : "move to PostgreSQL, as SQLite serves one process, and ",
			(long long)servers->high);
	add_workers(ground, capacity, sum_most(ground->replicas, least), low, high);
	servers->low = sum_most(servers->low, ground->replicas);
	servers->high = sum_most(servers->high, ground->replicas);
}

/* ---- memory ---- */

static void need_memory(const struct capacity_ground *ground, struct capacity_item *item, int64_t fewest, int64_t most)
{
	int64_t calm = sum_times(fewest, PERSON_CALM_BYTES), busy = sum_times(most, PERSON_BUSY_BYTES);
	int64_t workers = ground->pools.workers;
	AUTO(memory) char *now = capacity_amount(UNIT_BYTES, sum_most(ground->resident, 0));
	if (ground->resident >= 0) {
		capacity_need(item, sum_plus(ground->resident, calm),
			      sum_plus(sum_share(ground->resident, MEMORY_ROOM_PERCENT, PERCENT), busy));
		capacity_formula(item, "%s now + %lld people x %d kB; %d %% of that + %lld x %d kB", now,
				 (long long)fewest, PERSON_CALM_BYTES / 1000, MEMORY_ROOM_PERCENT, (long long)most,
				 PERSON_BUSY_BYTES / 1000);
		capacity_source(item,
				"measured here: the server on this machine; on 0.12.4: what somebody with an open page "
				"takes; assumed: that it grows by half");
		return;
	}
	capacity_need(item, sum_plus(sum_times(workers, PROCESS_BYTES), calm),
		      sum_plus(sum_times(workers, PROCESS_BYTES + MODEL_BYTES), busy));
	capacity_formula(item,
			 "%lld worker%s x %d MB + %lld people x %d kB; each worker %d MB more for a local model of "
			 "embeddings + %lld people x %d kB",
			 (long long)workers, workers == 1 ? "" : "s", PROCESS_BYTES / 1000000, (long long)fewest,
			 PERSON_CALM_BYTES / 1000, MODEL_BYTES / 1000000, (long long)most, PERSON_BUSY_BYTES / 1000);
	capacity_source(item, "measured on 0.12.4 without local models; upstream's page for these: %s", SCALING_PAGE);
}

static void add_files(const struct capacity_ground *ground, struct capacity *capacity, int64_t fewest, int64_t most)
{
	struct capacity_item *item =
		capacity_add(capacity, "open-files", "open files of each process (nofile)", UNIT_COUNT);
	capacity_need(item, sum_plus(PROCESS_FILES, sum_times(fewest, PERSON_CALM_FILES)),
		      sum_plus(PROCESS_FILES, sum_times(most, PERSON_BUSY_FILES)));
	capacity_have(item, ground->files_most);
	capacity_formula(item, "%d + %lld people x %d; %d + %lld people x %d", PROCESS_FILES, (long long)fewest,
			 PERSON_CALM_FILES, PROCESS_FILES, (long long)most, PERSON_BUSY_FILES);
	capacity_source(item, "measured on 0.12.4: a server alone, and a websocket; assumed: how many each has; %s",
			ground->files_most < 0 ? "upstream's page sets nofile to 65536: " PERFORMANCE_PAGE
					       : "measured here: the limit");
	capacity_remedy(item, "raise the limit: LimitNOFILE= of systemd, ulimits.nofile of Compose; 65536 will do");
}

void capacity_add_memory(const struct capacity_ground *ground, const struct capacity_servers *servers,
			 struct capacity *capacity)
{
	int64_t people = ground->people, workers = ground->pools.workers;
	struct capacity_item *item = capacity_add(capacity, "memory", "memory of each replica", UNIT_BYTES);
	need_memory(ground, item, sum_parts(people, servers->high), sum_parts(people, servers->low));
	capacity_have(item, ground->memory_limit);
	AUTO(memory) char *limit = capacity_amount(UNIT_BYTES, item->high);
	capacity_remedy(item, "set the limit of memory to %s; have embeddings and texts of files made elsewhere "
			      "(RAG_EMBEDDING_ENGINE, CONTENT_EXTRACTION_ENGINE)", limit);
	struct capacity_item *all = capacity_add(capacity, "memory-in-all", "memory of all replicas", UNIT_BYTES);
	capacity_need(all, sum_times(servers->low, item->low), sum_times(servers->high, item->high));
	capacity_formula(all, "that of each x %lld to %lld replicas", (long long)servers->low,
			 (long long)servers->high);
	capacity_source(all, "as of one replica");
	add_files(ground, capacity, sum_parts(people, sum_times(servers->high, workers)),
		  sum_parts(people, sum_times(servers->low, workers)));
}
