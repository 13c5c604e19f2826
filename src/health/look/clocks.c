#include "health/look/clocks.h"

#include <stdlib.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "health/look/answers.h"

#define SUSPICIOUS_S 2
/* How long a server that comes to itself again takes to notice that time has gone by: it sets Date once a second. */
#define DATE_SETTLES_MS 1500

static bool is_suspicious(const struct replica *replica)
{
	return replica->clock_known && llabs(replica->clock_ahead_s) >= SUSPICIOUS_S;
}

static void take_date(void *state, struct probe_answer *answer)
{
	answer_read_clock(state, answer);
}

static void ask_again(struct probes *probes, struct replica *replica)
{
	AUTO(memory) char *url = text_format("%s/api/version", replica->url);
	const struct probe_request request = {.url = url,
					      .address = replica->address,
					      .timeout_ms = DATE_SETTLES_MS,
					      .done = take_date,
					      .state = replica};
	probes_add(probes, &request);
}

fallible clocks_confirm(struct look *look, struct replica *const *replicas, size_t count)
{
	AUTO(probes) struct probes *probes = probes_new(&(struct probe_options){.deadline_ms = look->deadline_ms});
	size_t suspicious = 0;
	for (size_t i = 0; i < count; i++)
		suspicious += is_suspicious(replicas[i]);
	if (!suspicious || look->deadline_ms - clock_monotonic_ms() < 2 * DATE_SETTLES_MS)
		return NULL;
	cancel_sleep(DATE_SETTLES_MS);
	for (size_t i = 0; i < count; i++)
		if (is_suspicious(replicas[i]))
			ask_again(probes, replicas[i]);
	return probes_run(probes);
}
