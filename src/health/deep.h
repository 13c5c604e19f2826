/* What was seen with an account of people's own (`owctl health check --deep`), and nobody sees who does not sign in.
 * Nothing in here is secret.
 *
 * What is asked of 0.10.2 and 0.12.4 (tried):
 *     POST /api/v1/auths/signin {"email", "password"}    200 {"token", "role", ..}; 400 another password; 403 it is
 *         switched off; 429 more than 15 in three minutes for one account; 200 {"next_step"} a second factor
 *     GET /api/models                                    200 {"data": [{"id"}, ..]}; 401 the token is not taken
 *     POST /api/v1/files/?process=false, a form          200 {"id"}; then GET and DELETE of /api/v1/files/ID
 *     POST /api/chat/completions {"stream": true, ..}    200 text/event-stream, "data: {"choices": ..}" line by line
 * Events go over websockets: health/look/deep_events.c. */
#ifndef HEALTH_DEEP_H
#define HEALTH_DEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum deep_standing {
	DEEP_NOT_TRIED,
	DEEP_WORKS,
	DEEP_FAILS,
	DEEP_UNKNOWN, /* it can't be told: something else is in the way */
};

/* What came of one thing that was tried. */
struct deep_try {
	enum deep_standing standing;
	char *why;  /* DEEP_FAILS, DEEP_UNKNOWN: a clause, safe for a terminal */
	int64_t us; /* DEEP_WORKS: how long it took */
};

enum sign_in_end {
	SIGN_IN_NOT_TRIED,
	SIGN_IN_WORKS,
	SIGN_IN_REFUSED,   /* it knows no such account, or another password of it */
	SIGN_IN_ELSEWHERE, /* not with a password: it is switched off, another server does it, or there is a second
			    * factor */
	SIGN_IN_LIMITED,   /* too often of late, or at the same time as elsewhere */
	SIGN_IN_CUT, /* there was no time to wait for its answer */
	SIGN_IN_BROKEN,
};

/* One that was asked: a replica, or what stands at WEBUI_URL. */
struct deep_place {
	enum sign_in_end sign_in_end;
	struct deep_try sign_in; /* `why` and `us` of it */
	struct deep_try session; /* whether it takes the token that the place `session_of` gave, or that was set */
	struct deep_try models;
	char *model_ids; /* in order, one a line; NULL: `models` does not work */
	size_t model_count;
	struct deep_try file;	/* reading what another one took */
	struct deep_try socket; /* being in one room with those at the others, over a websocket */
	struct deep_try completion;
	int64_t first_us, spread_us; /* of the completion: until its first piece, and between that and its end */
};

/* What became of a websocket at WEBUI_URL on which nobody spoke until the server's own first ping: health/look/
 * deep_silence.c. */
enum silence_end {
	SILENCE_NOT_TRIED,
	SILENCE_LASTED,	      /* the ping came */
	SILENCE_CUT,	      /* it ended before, and one at a replica did not */
	SILENCE_CUT_DIRECTLY, /* both did */
	SILENCE_TOO_LONG,     /* there is not so much time */
	SILENCE_ENDLESS,      /* it was time for the ping, and none came */
};

struct deep_silence {
	enum silence_end end;
	int64_t ping_ms;    /* after which the server pings, as it says */
	int64_t ended_ms;   /* SILENCE_CUT, SILENCE_CUT_DIRECTLY: how long it lasted */
	int64_t deadline_s; /* SILENCE_TOO_LONG: a --deadline that would do */
	size_t replica;	    /* the one that was asked directly, by place */
	char *why; /* SILENCE_NOT_TRIED: why there was none, safe for a terminal; NULL: nobody was to be asked */
};

struct deep_sight {
	bool asked;	/* --deep */
	bool signs_in;	/* with e-mail and password; else a token was set */
	bool writes;	/* no --read-only */
	bool out_of_time; /* something was not tried, as the time was up */
	char *model;	/* --model; NULL: none */
	struct deep_place *places; /* as fleet.replicas, and behind them fleet.front; NULL: nothing was looked at */
	size_t count;
	size_t session_of; /* a place; `count`: none */
	size_t file_of;	   /* the one that took the file */
	struct deep_try upload;
	char *left;  /* what is left of the file, safe for a terminal; NULL: nothing */
	bool *heard; /* [from * count + to]: an event of one came to the other; NULL: none was sent */
	struct deep_silence silence;
};
void deep_sight_cleanup(struct deep_sight *sight);

/* Of a check that finds nothing tried: the result is skipped for this reason, or where there was no time for it, an
 * error says so. */
struct checking;
fallible deep_not_tried(struct checking *checking, const char *otherwise) MUST_CHECK;

/* Of a check that finds nothing wrong: the first replica whose try, by its offset in struct deep_place, could not be
 * told, as an error; NULL: there is none. `out`: a place that does not count. */
fallible deep_tell_unknown(const struct checking *checking, size_t offset, size_t out) MUST_CHECK;

/* The slowest of what works, by the offset of a struct deep_try in struct deep_place; 0: nothing does. */
int64_t deep_slowest_us(const struct deep_sight *sight, size_t offset);

#endif
