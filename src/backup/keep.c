#include "backup/keep.h"

#include <stdlib.h>
#include <string.h>

#include "backup/newest.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/str.h"

#define DAY_S (24 * 60 * 60)
#define TO_MONDAY 3 /* 1970 began on a Thursday */

const char *keep_reason_name(int number)
{
	static const char *const names[KEEP_REASONS] = {"last",   "hourly", "daily", "weekly", "monthly",
							"yearly", "within", "tag",   "newest", "newest good",
							"future"};
	return names[number];
}

/* ---- the calendar ---- */

static int64_t whole(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

static int64_t hour_of(int64_t time)
{
	return whole(time, 60 * 60);
}

static int64_t day_of(int64_t time)
{
	return whole(time, DAY_S);
}

static int64_t week_of(int64_t time)
{
	return whole(day_of(time) + TO_MONDAY, 7);
}

static int64_t year_of(int64_t time)
{
	char text[CLOCK_TEXT_SIZE] = "0000-00";
	clock_format(time, text);
	return strtol(text, NULL, 10);
}

static int64_t month_of(int64_t time)
{
	char text[CLOCK_TEXT_SIZE] = "0000-00";
	clock_format(time, text);
	return 12 * strtol(text, NULL, 10) + strtol(text + strlen("0000-"), NULL, 10);
}

static const struct {
	enum keep_reason reason;
	size_t wanted; /* where in struct keep_rules */
	int64_t (*span_of)(int64_t time);
} spans[] = {
	{KEEP_HOURLY, offsetof(struct keep_rules, hourly), hour_of},
	{KEEP_DAILY, offsetof(struct keep_rules, daily), day_of},
	{KEEP_WEEKLY, offsetof(struct keep_rules, weekly), week_of},
	{KEEP_MONTHLY, offsetof(struct keep_rules, monthly), month_of},
	{KEEP_YEARLY, offsetof(struct keep_rules, yearly), year_of},
};

/* ---- one label, the newest first ---- */

struct group {
	struct keep_snapshot **items;
	size_t count;
};

static void keep_one_each(const struct group *group, enum keep_reason reason, int64_t wanted,
			  int64_t (*span_of)(int64_t time))
{
	for (size_t i = 0; i < group->count && wanted > 0; wanted--) {
		int64_t span = span_of(group->items[i]->time);
		struct keep_snapshot *chosen = group->items[i];
		for (; i < group->count && span_of(group->items[i]->time) == span; i++)
			if (!chosen->good && group->items[i]->good)
				chosen = group->items[i];
		chosen->reasons |= reason;
	}
}

static void keep_newest_good(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->items[i]->good) {
			group->items[i]->reasons |= KEEP_NEWEST_GOOD;
			return;
		}
}

/* Takes out what is of the future. */
static void keep_future(struct group *group, int64_t now)
{
	size_t count = 0;
	for (size_t i = 0; i < group->count; i++) {
		struct keep_snapshot *snapshot = group->items[i];
		snapshot->reasons = snapshot->tagged ? KEEP_TAG : 0;
		if (now < INT64_MAX - NEWEST_AHEAD_S && snapshot->time > now + NEWEST_AHEAD_S)
			snapshot->reasons |= KEEP_FUTURE;
		else
			group->items[count++] = snapshot;
	}
	group->count = count;
}

static void decide(const struct keep_rules *rules, int64_t now, struct group *group)
{
	keep_future(group, now);
	if (!group->count)
		return;
	int64_t newest = group->items[0]->time < now ? group->items[0]->time : now;
	for (size_t i = 0; i < group->count; i++) {
		struct keep_snapshot *snapshot = group->items[i];
		if ((int64_t)i < rules->last)
			snapshot->reasons |= KEEP_LAST;
		if (rules->within_s && snapshot->time >= newest - rules->within_s)
			snapshot->reasons |= KEEP_WITHIN;
	}
	for (size_t i = 0; i < COUNT(spans); i++) {
		int64_t wanted;
		memcpy(&wanted, (const char *)rules + spans[i].wanted, sizeof wanted);
		keep_one_each(group, spans[i].reason, wanted, spans[i].span_of);
	}
	group->items[0]->reasons |= KEEP_NEWEST;
	keep_newest_good(group);
}

/* ---- all ---- */

bool keep_has_rules(const struct keep_rules *rules)
{
	return rules->last || rules->hourly || rules->daily || rules->weekly || rules->monthly || rules->yearly ||
	       rules->within_s;
}

void keep_decide(const struct keep_rules *rules, int64_t now, struct keep_snapshot *snapshots, size_t count)
{
	AUTO(memory) bool *done = mem_new(count + 1, sizeof *done);
	AUTO(memory) struct keep_snapshot **items = mem_new(count + 1, sizeof(struct keep_snapshot *));
	for (size_t last = count; last-- > 0;) {
		struct group group = {.items = items};
		if (done[last])
			continue;
		for (size_t i = last + 1; i-- > 0;) {
			if (done[i] || !text_equal(snapshots[i].label, snapshots[last].label))
				continue;
			group.items[group.count++] = &snapshots[i];
			done[i] = true;
		}
		decide(rules, now, &group);
	}
}
