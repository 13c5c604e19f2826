/* What so many people at once need of this very installation: servers, connections, memory, room. Each figure comes
 * with its formula and where its numbers are from: measured here, a setting, what upstream documents, what was measured
 * on Open WebUI 0.12.4 in general (figures.h), or an assumption, which is called so. Where nobody can know it better it
 * is a range: from people who read more than they ask, to people who are at it all the time. */
#ifndef HEALTH_CAPACITY_H
#define HEALTH_CAPACITY_H

#include "health/capacity/ground.h"

enum capacity_state {
	CAPACITY_ENOUGH,  /* what is there suffices for the whole range */
	CAPACITY_LACKING, /* it does not even for its beginning */
	CAPACITY_UNSURE,  /* it lies within the range, or the figure can't be known */
	CAPACITY_FIGURE,  /* there is nothing to hold it against: to plan with */
	CAPACITY_STATES,
};
extern const char *const capacity_state_names[CAPACITY_STATES]; /* "ready", "missing", "unknown", "figure" */

enum capacity_unit { UNIT_COUNT, UNIT_BYTES, UNIT_BYTES_A_MONTH, UNITS };
extern const char *const capacity_unit_names[UNITS]; /* "", "bytes", "bytes a month" */

struct capacity_item {
	const char *name;  /* "database-connections", stable */
	const char *title; /* "connections to the database" */
	enum capacity_unit unit;
	enum capacity_state state;
	bool known;	   /* low and high are */
	int64_t low, high; /* what is needed; the same where it is no range */
	bool present_known;
	int64_t present;   /* what is there */
	char *why;	   /* a sentence: "needed 60 to 120, present 97"; or why the figure can't be known */
	char *formula;	   /* with its numbers; NULL where it is not known */
	char *source;	   /* of these numbers */
	char *remedy;	   /* NULL: nothing is lacking */
};

#define CAPACITY_ITEMS 16
struct capacity {
	int64_t people;
	struct capacity_item items[CAPACITY_ITEMS]; /* in the order of a report */
	size_t count;
	size_t states[CAPACITY_STATES];
};
void capacity_cleanup(struct capacity *capacity);

void capacity_work_out(const struct capacity_ground *ground, struct capacity *capacity);

/* So much of a unit, for people: "97", "1.2 GB". To be freed. */
char *capacity_amount(enum capacity_unit unit, int64_t amount) MUST_CHECK;

#endif
