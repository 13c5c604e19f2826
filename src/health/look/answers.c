#include "health/look/answers.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "health/session.h"

/* The release has a check of its own, and whether anybody has signed up follows from the database. */
static void read_config(struct replica *replica)
{
	static const char *const no_settings[] = {"version", "onboarding", "status"};
	replica->config = answer_object(&replica->answers[ASK_CONFIG]);
	for (size_t i = 0; replica->config && i < COUNT(no_settings); i++)
		json_object_del(replica->config, no_settings[i]);
	if (replica->config)
		replica->settings = json_dumps(replica->config, JSON_SORT_KEYS | JSON_COMPACT);
}

/* Date has whole seconds, and may be a second old when it is sent: what lies between two such readings is no
 * difference. A server that was busy sends one that is older still, so the best of all answers counts. */
void answer_read_clock(struct replica *replica, const struct probe_answer *answer)
{
	const char *date = http_header(&answer->http, "Date");
	time_t at = date ? curl_getdate(date, NULL) : -1;
	if (at < 0 || !answer->answered_ms)
		return;
	int64_t earliest = answer->asked_ms - 2000, latest = answer->answered_ms, told = (int64_t)at * 1000;
	int64_t ahead_s = (told < earliest ? told - earliest : told > latest ? told - latest : 0) / 1000;
	if (!replica->clock_known || llabs(ahead_s) < llabs(replica->clock_ahead_s))
		replica->clock_ahead_s = ahead_s;
	replica->clock_known = true;
}

void answer_read(struct replica *replica, enum question question, bool named)
{
	const struct probe_answer *answer = &replica->answers[question];
	answer_read_clock(replica, answer);
	if (question == ASK_VERSION)
		replica->release = answer_release(answer);
	else if (question == ASK_CONFIG)
		read_config(replica);
	else if (question == ASK_SESSION)
		session_read(answer, named, &replica->key, &replica->account);
}
