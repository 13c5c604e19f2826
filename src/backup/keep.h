/* Which snapshots stay. Policy alone: times and what is said of each, no store and no clock.
 *
 * Snapshots of each label are looked at by themselves. Of an hour, day, week (from Monday), month or year, in UTC, one
 * stays: its newest that is good, or its newest where none is; of as many of them as the rule says, counted from the
 * newest back, those without a snapshot not counted. Whatever the rules are, of each label the newest one stays and
 * the newest that is good. What is of the future stays, and counts for nothing: one snapshot of a clock that was ahead,
 * or of somebody who wants the others gone, would else stand in their place for years. */
#ifndef BACKUP_KEEP_H
#define BACKUP_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keep_rules {
	int64_t last, hourly, daily, weekly, monthly, yearly; /* how many; 0: the rule is not given */
	int64_t within_s; /* of that age at most, as seen from the newest one; 0: not given */
};

enum keep_reason {
	KEEP_LAST = 1,
	KEEP_HOURLY = 2,
	KEEP_DAILY = 4,
	KEEP_WEEKLY = 8,
	KEEP_MONTHLY = 16,
	KEEP_YEARLY = 32,
	KEEP_WITHIN = 64,
	KEEP_TAG = 128,
	KEEP_NEWEST = 256,
	KEEP_NEWEST_GOOD = 512,
	KEEP_FUTURE = 1024,
};
#define KEEP_REASONS 11

/* The word for the reason with the bit `number`, "daily". */
const char *keep_reason_name(int number);

struct keep_snapshot {
	const char *label;
	int64_t time; /* seconds since 1970 */
	bool good;    /* complete, and all of it is there */
	bool tagged;  /* it has a tag that keeps it */
	unsigned reasons; /* the answer: enum keep_reason; 0: it goes */
};

/* Whether any rule is given. */
bool keep_has_rules(const struct keep_rules *rules);

/* `snapshots` are in order, the oldest first. `now` tells what is of the future (NEWEST_AHEAD_S), and bounds where
 * `within_s` is counted from; a `now` that is too early keeps more, one too late is of no effect. */
void keep_decide(const struct keep_rules *rules, int64_t now, struct keep_snapshot *snapshots, size_t count);

#endif
