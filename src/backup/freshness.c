#include "backup/freshness.h"

#include "base/memory.h"

int64_t freshness_age(int64_t time, int64_t now)
{
	return time < now ? now - time : 0;
}

char *freshness_age_text(int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};
	for (size_t i = 0; i < COUNT(units); i++)
		if (seconds >= 2 * units[i].seconds)
			return text_format("%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
	return text_format("%lld s", (long long)seconds);
}

const char *freshness_state(const struct newest *newest, int64_t max_age_s, int64_t now)
{
	bool old = freshness_age(newest->time, now) > max_age_s;
	return !*newest->snapshot ? "none" : old ? "old" : "fresh";
}

static fallible read_one(const struct repository *repository, const struct strings *drills, const unsigned char *key,
			 const char *label, int64_t now, struct drilled *drilled)
{
	AUTO(drill) struct drill last = {0}, good = {0};
	bool found;
	TRY(drill_find_last(repository, drills, key, &(struct drill_choice){.label = label}, &last, &found));
	drilled->outcome = found ? drill_outcome(&last) : NULL;
	TRY(drill_find_last(repository, drills, key, &(struct drill_choice){.label = label, .good = true}, &good,
			    &found));
	drilled->time = found && good.time - now <= NEWEST_AHEAD_S ? good.time : 0;
	return NULL;
}

fallible drilled_read(const struct repository *repository, const struct age_recipients *recipients,
		      const struct newest_list *list, int64_t now, struct drilled *drilled)
{
	AUTO(strings) struct strings drills = {0};
	unsigned char key[DIGEST_SIZE];
	drill_key(repository, recipients, key);
	TRY(drill_list(repository, &drills));
	for (size_t i = 0; i < list->count; i++)
		TRY(read_one(repository, &drills, recipients->count ? key : NULL, list->items[i].label, now,
			     &drilled[i]));
	return NULL;
}
