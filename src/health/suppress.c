#include "health/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "health/checks.h"
#include "health/choice.h"

#define UNTIL " until "
#define DAY_S 86400

struct suppression {
	char *code, *reason;
	int64_t end; /* 0: without one */
};
static void suppression_cleanup(struct suppression *suppression)
{
	free(suppression->code);
	free(suppression->reason);
}

/* The last " until " counts: a reason may have one as well. */
static const char *find_until(const char *text)
{
	const char *found = NULL;
	for (const char *at = text; (at = strstr(at, UNTIL)); at++)
		found = at;
	return found;
}

static fallible parse(const char *text, struct suppression *suppression)
{
	const char *reason = strchr(text, '=');
	const char *until = reason ? find_until(reason) : NULL;
	if (!reason || reason == text || !reason[1] || until == reason + 1)
		return error_hint(error_new(ERR_USAGE, "\"%s\" suppresses nothing", text),
				  "as in --suppress 'OW202=the keys are being changed until 2026-12-24'");
	size_t size = until ? (size_t)(until - reason) - 1 : strlen(reason + 1);
	suppression->code = text_copy_n(text, (size_t)(reason - text));
	suppression->reason = text_copy_n(reason + 1, size);
	const struct strings word = {.items = &suppression->code, .count = 1};
	TRY(choice_check(&word));
	if (!until)
		return NULL;
	const char *date = until + strlen(UNTIL);
	if (!clock_parse(date, &suppression->end))
		return error_hint(error_new(ERR_USAGE, "\"%s\" is no date, in --suppress %s", date, text),
				  "2026-12-24, or 2026-12-24T18:00:00Z");
	if (strlen(date) == strlen("2026-12-24"))
		suppression->end += DAY_S;
	return NULL;
}

fallible suppress_check(const struct strings *suppressions)
{
	for (size_t i = 0; i < suppressions->count; i++) {
		AUTO(suppression) struct suppression suppression = {0};
		TRY(parse(suppressions->items[i], &suppression));
	}
	return NULL;
}

static void mark(struct result *result, const char *reason)
{
	for (size_t i = 0; i < result->count; i++)
		if (!result->troubles[i].suppressed)
			result->troubles[i].suppressed = text_copy(reason);
}

void suppress_apply(const struct strings *suppressions, int64_t now, struct results *results)
{
	for (size_t i = 0; i < suppressions->count; i++) {
		AUTO(suppression) struct suppression suppression = {0};
		error_ignore(parse(suppressions->items[i], &suppression)); /* it was looked at before */
		if (suppression.end && suppression.end <= now) {
			log_warning("--suppress %s: its time is over, and it counts again", suppressions->items[i]);
			continue;
		}
		for (size_t j = 0; j < results->count; j++)
			if (choice_means(suppression.code, results->items[j].check))
				mark(&results->items[j], suppression.reason);
	}
}
