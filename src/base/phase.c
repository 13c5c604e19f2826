#include "base/phase.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static struct phase list[PHASES_MOST];
static size_t count;
static size_t current = PHASE_NONE;

size_t phase_begin(const char *doing, const char *what)
{
	if (count == PHASES_MOST || gettid() != getpid())
		return PHASE_NONE;
	struct phase *phase = &list[count];
	*phase = (struct phase){.within = current, .begun_us = clock_now_us()};
	snprintf(phase->name, sizeof phase->name, "%s%s%s", doing, what ? " " : "", what ? what : "");
	current = count++;
	return current;
}

void phase_end(size_t number)
{
	if (number >= count || gettid() != getpid() || list[number].ended_us)
		return;
	int64_t now = clock_now_us();
	for (size_t i = number; i < count; i++)
		if (!list[i].ended_us)
			list[i].ended_us = now;
	current = list[number].within;
}

const struct phase *phases(size_t *number)
{
	*number = count;
	return list;
}
