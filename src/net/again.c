#include "net/again.h"

#include "base/clock.h"
#include "base/random.h"

#define SHORTEST_BOUND_MS 100
#define LONGEST_BOUND_MS 8000

int64_t again_pause(struct again *again, int64_t patience_ms, int64_t at_least_ms)
{
	int64_t now = clock_monotonic_ms();
	uint32_t drawn;
	random_bytes(&drawn, sizeof drawn);
	if (!again->since)
		*again = (struct again){.since = now, .bound_ms = SHORTEST_BOUND_MS};
	int64_t pause = at_least_ms + (int64_t)(drawn % (uint64_t)(again->bound_ms + 1));
	again->bound_ms = again->bound_ms * 2 < LONGEST_BOUND_MS ? again->bound_ms * 2 : LONGEST_BOUND_MS;
	return now + pause - again->since > patience_ms ? -1 : pause;
}
