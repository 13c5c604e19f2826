/* What was seen of an installation: filled in by health/look/, one part a thread, and read by the checks. */
#ifndef HEALTH_SCENE_H
#define HEALTH_SCENE_H

#include <sys/statvfs.h>

#include "backup/freshness.h"
#include "health/check.h"
#include "health/deep.h"
#include "health/front.h"
#include "health/growth.h"
#include "health/replica.h"
#include "health/sight.h"
#include "health/uploads.h"
#include "net/redis_target.h"
#include "openwebui/installation.h"
#include "store/store.h"

struct database_sight {
	struct sight sight;
	bool server; /* PostgreSQL; else a file */
	char *display, *version;
	bool known; /* at one revision that owctl knows */
	enum standing standing;
	char *recorded; /* what alembic_version holds, ", " between them; "" */
	const struct revision *revision; /* where `known` */
	bool inhabited; /* it has an account */
	int64_t round_trip_us; /* of a statement that does nothing */
	int64_t connections, connections_most, connections_reserved; /* of the server; 0: not known */
};

/* What one of REDIS_SENTINEL_HOSTS says of the service. */
struct sentinel_sight {
	char *address;
	char *failure; /* why it says nothing; NULL: it does */
	char *refusal; /* what it says against a fail-over (CKQUORUM); NULL: it could make one */
};

struct redis_sight {
	struct sight sight;
	char *display, *version;
	char *prefix; /* REDIS_KEY_PREFIX */
	bool sentinels, cluster;
	bool sockets_elsewhere; /* WEBSOCKET_REDIS_URL is another one */
	/* How many listen to a channel, -1: not known. Each process of a server listens once: to PREFIX:tasks:commands
	 * if it has a Redis; from 0.12 on with WEBSOCKET_MANAGER=redis also to PREFIX:direct_completion. */
	int64_t task_listeners, completion_listeners;
	int64_t round_trip_us; /* of a PING; -1: not known */
	int64_t clients_most;  /* maxclients; -1: not known */
	struct sentinel_sight *sentinel_sights;
	size_t sentinel_count;
};

/* The place of uploads, and the folder of data beside it. */
struct storage_sight {
	struct sight sight;
	char *display;
	bool local;   /* a folder of this machine */
	char *folder; /* DATA_DIR, where that is on this machine; else NULL */
	bool unmade;  /* it is there, and has no folder of uploads in it: nothing was opened or tried */
	struct statvfs disk; /* that it is on; f_blocks 0: not known */
	int64_t open_ms;
	struct probe_of_store probe;
	struct store_facts facts;
	struct uploads_seen uploads;
};

/* pgvector, where vectors are in it. */
struct vectors_sight {
	struct sight sight;
	char *display;
	bool extension;
	char *type; /* of its vectors: "vector(1536)"; NULL: the table is not there */
	int64_t rows, indexes; /* as the database estimates it; on the vectors themselves */
};

/* The repository of backups. */
struct repository_sight {
	struct sight sight;
	char *display;
	bool local, locked; /* a folder of this machine; the location says lock= */
	struct store_facts facts;
	struct newest_list newest; /* of this installation; else, where it has none, of all that there are */
	struct drilled *drilled;   /* beside them */
};

/* Where Open WebUI sends its telemetry. */
struct telemetry_sight {
	struct sight sight;
	struct strings endpoints, answers; /* beside one another: what became of trying each; "" where all is well */
};

/* A place where replicas were looked for in vain. */
struct unfound {
	char *place;
	struct error *failure; /* NULL: it could be asked, and has none */
};

/* The replicas, and what stands before them. */
struct fleet_sight {
	struct sight sight; /* of asking them */
	struct replicas replicas;
	struct unfound *unfound; /* among the places that were named */
	size_t unfound_count;
	bool guessed; /* nobody named any: WEBUI_URL, or this machine, was taken for the only one */
	struct replica front; /* what answers at WEBUI_URL; `url` NULL: that is not set */
	struct front_sight at_front; /* what more was seen there */
	struct deep_sight deep;
};

struct scene {
	int64_t now;
	int64_t begun_us, ended_us; /* of all of it, since 1970 */
	bool left_behind; /* a part of it still hangs, with the settings: no other look may begin */
	struct fleet_sight fleet;
	struct database_sight database;
	struct redis_sight redis;
	struct storage_sight storage;
	struct vectors_sight vectors;
	struct repository_sight repository;
	struct telemetry_sight telemetry;
	struct growth_sight growth;
	bool has_secret_key; /* WEBUI_SECRET_KEY is among owctl's own settings */
};
void scene_cleanup(struct scene *scene);

size_t scene_speaking(const struct scene *scene); /* replicas that answered as Open WebUI */
/* How many of them are so. */
size_t scene_count(const struct scene *scene, bool (*is)(const struct replica *replica));
/* The first of them from *at on; NULL: there is no more. for (size_t i = 0; (replica = scene_next(scene, &i));) */
const struct replica *scene_next(const struct scene *scene, size_t *at);

#endif
