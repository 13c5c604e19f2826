/* What came of a check: its troubles, or why there is none. */
#ifndef HEALTH_RESULT_H
#define HEALTH_RESULT_H

#include "base/error.h"
#include "health/check.h"

/* One thing that is wrong. All texts are safe for a terminal. */
struct trouble {
	enum severity severity;
	char *subject; /* what it is about: a replica's name, a table; NULL: the whole */
	char *what;    /* "refuses a token that the other replicas take"; a clause without a full stop */
	char *remedy;  /* for this very case; NULL: that of the check */
	char *suppressed; /* why it does not count (health/suppress.h); NULL: it does */
	bool known;       /* it is in the baseline (health/baseline.h), and does not count either */
};

enum outcome {
	OUTCOME_GOOD,
	OUTCOME_TROUBLE, /* there is at least one trouble */
	OUTCOME_UNKNOWN, /* it could not find out */
	OUTCOME_SKIPPED, /* what it needs is not there, or was not asked for */
	OUTCOMES,
};
extern const char *const outcome_names[OUTCOMES];

struct result {
	const struct check *check;
	enum outcome outcome;
	char *why; /* OUTCOME_UNKNOWN, OUTCOME_SKIPPED; safe for a terminal */
	bool left_out; /* OUTCOME_SKIPPED: by --only or --skip; not worth a word */
	struct trouble *troubles;
	size_t count, room;
};
void result_cleanup(struct result *result);

/* Adds a trouble of the check's severity, or of another. `subject` is copied and made safe, as is what the format
 * makes. Returns it, for trouble_remedy; valid until the next one. */
struct trouble *checking_found(struct checking *checking, const char *subject, const char *format, ...) PRINTF(3, 4);
struct trouble *checking_found_as(struct checking *checking, enum severity severity, const char *subject,
				  const char *format, ...) PRINTF(4, 5);
/* "WHAT: why", by an error that is kept; its hint, if it has one, is the remedy. */
void checking_found_failure(struct checking *checking, const char *what, const struct error *failure);
void trouble_remedy(struct trouble *trouble, const char *format, ...) PRINTF(2, 3);

/* Why there is no answer: takes over `error`, whose text is made safe. */
void result_unknown(struct result *result, struct error *error);
void result_skip(struct result *result, const char *why);

/* The results of all checks, in the order of check_at. */
struct results {
	struct result *items;
	size_t count;
};
void results_new(struct results *results); /* all are OUTCOME_GOOD */
void results_cleanup(struct results *results);

/* What all of it comes to. The values are the exit statuses of monitoring plugins. */
enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN, VERDICTS };
extern const char *const verdict_names[VERDICTS]; /* "OK" */

/* How many there are of each; those that are suppressed or known don't count as troubles. */
struct tally {
	size_t troubles[SEVERITIES], suppressed, known;
	size_t outcomes[OUTCOMES]; /* of checks; those left out don't count */
};
struct tally results_tally(const struct results *results);
/* The worst of what counts; UNKNOWN comes before OK alone: what was seen to be wrong is worth more. Where no check had
 * anything to look at, that is UNKNOWN as well. */
enum verdict tally_verdict(const struct tally *tally);
bool trouble_counts(const struct trouble *trouble);

#endif
