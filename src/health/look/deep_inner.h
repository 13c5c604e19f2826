/* Only for deep*.c: a place is one of the replicas, or the front behind them. */
#ifndef HEALTH_LOOK_DEEP_INNER_H
#define HEALTH_LOOK_DEEP_INNER_H

#include "health/look/deep.h"

struct deep_turn;
struct deep_file;  /* deep_file.c */
struct deep_quiet; /* deep_silence.c */

struct deep_looking {
	struct look *look;
	const struct deep_options *options;
	struct deep_sight *sight;
	const struct replica **replicas; /* by place */
	char **tokens; /* secret, by place; NULL: it gave none */
	struct probes *probes; /* those that are under way */
	struct deep_turn *turns;
	int64_t deadline_ms;
	bool cut; /* those that are under way have less time than --timeout */
	struct strings bodies; /* of requests, which are borrowed; secret */
	struct deep_file *file;
	struct deep_quiet *quiet; /* NULL: nobody is silent */
};

typedef void deep_take(struct deep_looking *looking, size_t place, struct probe_answer *answer);

/* Puts a request to a place, whose path begins with "/"; with the token, if there is one. The body is taken over. */
void deep_put(struct deep_looking *looking, size_t place, const char *path, const char *token, char *body,
	      struct probe_request request, deep_take *take);
/* Each runs a set, for which `begin` puts the first requests: within half of the time that is left, so that whoever
 * hangs takes nothing from what comes after; within all of it; to clean up, for so many ms, also after a signal. Where
 * less than a second would be left it is not begun, and `out_of_time` says so. */
typedef void deep_begin(struct deep_looking *looking);
fallible deep_run(struct deep_looking *looking, deep_begin *begin) MUST_CHECK;
fallible deep_run_last(struct deep_looking *looking, deep_begin *begin) MUST_CHECK;
fallible deep_run_parting(struct deep_looking *looking, deep_begin *begin, int64_t ms) MUST_CHECK;

/* Why it is no answer to use: "status 401: Not authenticated"; without what owctl itself has sent that is secret, safe
 * for a terminal, to be freed. */
char *deep_why(const struct deep_looking *looking, const struct probe_answer *answer) MUST_CHECK;
/* Why something could not be tried, safe for a terminal, to be freed (NULL for none); takes the error over. */
char *deep_reason(struct error *error) MUST_CHECK;
void deep_works(struct deep_try *one, const struct probe_answer *answer);
/* Another reason, in the words of who is asked: as deep_why makes it safe. */
void deep_complains(const struct deep_looking *looking, struct deep_try *one, const char *words);
/* DEEP_UNKNOWN instead of DEEP_FAILS where it is the time of all of it that was up, and not --timeout. */
void deep_fails(const struct deep_looking *looking, struct deep_try *one, enum deep_standing standing,
		const struct probe_answer *answer);

/* Whether it answered as Open WebUI, and so is tried. */
bool deep_is_there(const struct deep_looking *looking, size_t place);
/* Whether it is a replica that takes its token: `models` works. The first of them; `count`: none. */
bool deep_is_in(const struct deep_looking *looking, size_t place);
size_t deep_first_in(const struct deep_looking *looking);
size_t deep_replicas(const struct deep_looking *looking); /* places before the front */

fallible deep_sign_in(struct deep_looking *looking) MUST_CHECK;
fallible deep_models(struct deep_looking *looking) MUST_CHECK;
fallible deep_file(struct deep_looking *looking) MUST_CHECK;
fallible deep_events(struct deep_looking *looking) MUST_CHECK;
fallible deep_completion(struct deep_looking *looking) MUST_CHECK;

#endif
