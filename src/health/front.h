/* What was seen at WEBUI_URL, the load balancer before the replicas, or whatever else stands there: asked again and
 * again, each time by a connection of its own, as different people would be. Only what changes nothing is asked, and
 * nothing that is secret is sent. */
#ifndef HEALTH_FRONT_H
#define HEALTH_FRONT_H

#include "net/probe.h"

/* Tried on 0.12.4 behind nginx and HAProxy; a token that nobody has signed: health/session.h. */
enum front_question {
	FRONT_VERSION,	    /* GET /api/version */
	FRONT_SOCKET,	    /* a websocket, as ASK_SOCKET */
	FRONT_TOKEN,	    /* GET /api/v1/auths/ with a token that nobody has signed */
	FRONT_FILE,	    /* GET of a file that a replica writes when it starts: its ETag tells which one it was */
	FRONT_REPLICA_FILE, /* the same, directly of each replica: by its index */
	FRONT_ADDRESS,	    /* GET /api/version at each address of its name, if there are several: by FRONT's index */
	FRONT_LARGE,	    /* POST that announces FRONT_LARGE_SIZE bytes; 100: they would be taken */
	FRONT_OLD_TLS,	    /* GET /api/version, and TLS 1.0 and 1.1 are all that is offered */
	FRONT_PLAIN,	    /* GET /api/version without TLS at port 80 of its host; only where it has TLS itself */
	FRONT_UNVERIFIED,   /* GET /api/version, if its certificate is not trusted */
	FRONT_POLLING,	    /* GET that begins a session of polling, where websockets are switched off */
	FRONT_STICKY,	    /* then POST of a packet that does nothing: 400 where the session is not known */
	FRONT_END,	    /* and POST of one that ends it, to each replica directly */
	FRONT_QUESTIONS,
};
#define FRONT_LARGE_SIZE ((size_t)16 << 20)

struct front_answers {
	struct probe_answer *items; /* asked_ms 0: it was not asked, or not answered for by the deadline */
	size_t count;
};

struct front_sight {
	bool looked; /* WEBUI_URL is set */
	bool tls;
	struct strings addresses; /* "10.0.0.7:443" each, of its name; empty: it has one, or is an address */
	struct front_answers answers[FRONT_QUESTIONS];
};
void front_sight_cleanup(struct front_sight *sight);

/* What is looked at: fleet.front, or the only replica if that was taken to be at WEBUI_URL; NULL: nothing is. */
struct scene;
struct replica;
const struct replica *front_of(const struct scene *scene);

/* Whether the question got there: it did not wait until the end for others to leave it a connection. */
static inline bool front_asked(const struct probe_answer *answer)
{
	return answer->asked_ms != 0 && (answer->end != PROBE_TIMED_OUT || answer->connected);
}
/* Whether it is nginx' own 503, by limit_req or limit_conn, which so many requests at once run into: of a member that
 * is gone it says 502 or 504. */
bool front_limits(const struct probe_answer *answer);
/* The first answer to a question that was asked once; NULL: it was not. */
const struct probe_answer *front_answer(const struct scene *scene, enum front_question question);

#endif
