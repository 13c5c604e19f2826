/* One server of Open WebUI, and what was seen of it. The load balancer is looked at as if it were one.
 *
 * What a server answers (0.6.43 to 0.12.4, tried): /api/version {"version": ..}; /ready {"status": true}, or 503 with
 * "Startup not complete", "Database not ready", "Redis not ready"; /api/config the public settings, the same at every
 * request; an unknown path 200 with HTML, so that only Content-Type tells; /ws/socket.io 101 where a websocket may be
 * had, 403 for an Origin that CORS_ALLOW_ORIGIN lacks, 400 where the headers of the upgrade were lost. */
#ifndef HEALTH_REPLICA_H
#define HEALTH_REPLICA_H

#include <jansson.h>

#include "health/workload.h"
#include "net/probe.h"

#define FOREIGN_ORIGIN "https://owctl.invalid"

enum question {
	ASK_VERSION, /* GET /api/version */
	ASK_READY,   /* GET /ready, which looks at database and Redis */
	ASK_DATABASE, /* GET /health/db, which looks at the database alone */
	ASK_CONFIG,  /* GET /api/config, as a page at FOREIGN_ORIGIN asks for it */
	ASK_SOCKET,  /* a websocket, as a browser at WEBUI_URL asks for it */
	ASK_SESSION, /* GET /api/v1/auths/ with a token that lets nobody in: health/session.h */
	QUESTIONS,
};

/* What the answer to ASK_SESSION says. */
enum key_standing {
	KEY_UNKNOWN,  /* it was not asked, or the answer says nothing */
	KEY_OTHER,    /* the token was not signed with the replica's WEBUI_SECRET_KEY */
	KEY_SAME,     /* it was */
	KEY_LOST,     /* the Authorization header did not get there */
};
enum account_standing {
	ACCOUNT_NOT_ASKED, /* the token named nobody */
	ACCOUNT_KNOWN,     /* the replica's database has the account of the token */
	ACCOUNT_MISSING,   /* it has not: it is another database */
};

/* What whoever runs it knows of it: a container, a pod, a task. Texts are NULL, numbers -1, where nothing is said. */
struct orchestrated {
	bool known; /* an orchestrator told of it */
	char *kind; /* "pod", "container", "task" */
	char *image;	/* as it was asked for: "ghcr.io/open-webui/open-webui:0.12.4" */
	char *image_id; /* what is running: a digest */
	struct strings environment; /* "NAME=value", as far as it is given in the clear */
	struct strings hidden;	    /* names of variables whose values come from a secret */
	int64_t restarts, memory_limit;
	char *last_end; /* why it ended the last time: "OOMKilled", "exit status 1" */
	int64_t last_end_at; /* seconds since 1970; 0: not known */
	char *node;
	char *ready_path, *live_path; /* of its probes: "/health" */
	bool running, ready;
};

struct replica {
	char *name;    /* for people, safe for a terminal: the pod's, the container's, or "host:port" */
	char *url;     /* without "/" at its end; "": it has no address, and can't be asked */
	char *address; /* "10.0.0.7:8080": connected to, whatever the URL's name resolves to; NULL: that */
	char *found;   /* where it was found: "the list", "dns:chat.internal:8080" */
	struct orchestrated orchestrated;
	/* seen */
	bool asked[QUESTIONS];
	struct probe_answer answers[QUESTIONS];
	char *release; /* that it says it is, safe for a terminal; NULL: it said nothing of the kind */
	json_t *config; /* the object that ASK_CONFIG answered, without what is no setting, or NULL */
	char *settings; /* the same as text, the same where they are the same */
	enum key_standing key;
	enum account_standing account;
	bool clock_known;
	int64_t clock_ahead_s; /* of this machine's; 0 where that can't be told from none: Date has whole seconds */
};
void replica_cleanup(struct replica *replica);

/* So many are looked at: whoever names more is wrong, or another kind of installation. */
#define REPLICAS_MOST 1000

struct replicas {
	struct replica *items;
	size_t count, room;
	size_t left_out; /* that were named besides */
	int64_t wanted; /* how many an orchestrator is to run; 0: nobody says */
	struct workload *workloads; /* one for each service of Kubernetes */
	size_t workload_count;
};
void replicas_cleanup(struct replicas *replicas);
/* Adds one that nothing is known of yet: name, url and address are copied, of `name` NULL is that of the address. It is
 * valid until the next one is added. Beyond REPLICAS_MOST it is counted as left out, and not among the items. */
struct replica *replicas_add(struct replicas *replicas, const char *name, const char *url, const char *address,
			     const char *found);
static inline bool replicas_full(const struct replicas *replicas)
{
	return replicas->count == REPLICAS_MOST;
}

/* Adds to how many are to run; a number that no cluster has (below 0, beyond 2^31) is not believed. */
void replicas_want(struct replicas *replicas, int64_t count);

/* Whether it answered as an Open WebUI: it has a release. */
static inline bool replica_speaks(const struct replica *replica)
{
	return replica->release != NULL;
}
/* Whether a question got an answer, whatever that is. */
static inline bool replica_answered(const struct replica *replica, enum question question)
{
	return replica->asked[question] && replica->answers[question].end == PROBE_ANSWERED;
}
/* What its answer to ASK_SESSION says; for scene_count. */
static inline bool replica_takes_key(const struct replica *replica)
{
	return replica->key == KEY_SAME;
}
static inline bool replica_refuses_key(const struct replica *replica)
{
	return replica->key == KEY_OTHER;
}
static inline bool replica_loses_key(const struct replica *replica)
{
	return replica->key == KEY_LOST;
}
/* The "detail" of an answer in JSON, safe for a terminal, of 500 bytes at most, to be freed; NULL: there is none. */
char *answer_detail(const struct probe_answer *answer) MUST_CHECK;
bool answer_is_json(const struct probe_answer *answer);
/* The object of an answer with status 200; NULL: it is none. A new reference. */
json_t *answer_object(const struct probe_answer *answer) MUST_CHECK;
/* The release that an answer to /api/version tells, safe for a terminal, to be freed; NULL: none. */
char *answer_release(const struct probe_answer *answer) MUST_CHECK;

#endif
