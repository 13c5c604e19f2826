#include "health/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "health/checks.h"

const char *const verdict_names[VERDICTS] = {[VERDICT_OK] = "OK",
					     [VERDICT_WARNING] = "WARNING",
					     [VERDICT_CRITICAL] = "CRITICAL",
					     [VERDICT_UNKNOWN] = "UNKNOWN"};

static char *PRINTF(1, 0) safe_format(const char *format, va_list args)
{
	AUTO(memory) char *text = text_format_v(format, args);
	return utf8_safe_copy(text);
}

static struct trouble *add(struct result *result, enum severity severity, const char *subject)
{
	if (result->count == result->room) {
		result->room = result->room ? 2 * result->room : 4;
		result->troubles = mem_resize(result->troubles, result->room, sizeof *result->troubles);
	}
	struct trouble *trouble = &result->troubles[result->count++];
	*trouble = (struct trouble){.severity = severity, .subject = utf8_safe_copy(subject)};
	result->outcome = OUTCOME_TROUBLE;
	return trouble;
}

struct trouble *checking_found(struct checking *checking, const char *subject, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct trouble *trouble = add(checking->result, checking->result->check->severity, subject);
	trouble->what = safe_format(format, args);
	va_end(args);
	return trouble;
}

struct trouble *checking_found_as(struct checking *checking, enum severity severity, const char *subject,
				  const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct trouble *trouble = add(checking->result, severity, subject);
	trouble->what = safe_format(format, args);
	va_end(args);
	return trouble;
}

void checking_found_failure(struct checking *checking, const char *what, const struct error *failure)
{
	AUTO(memory) char *why = error_text(failure);
	struct trouble *trouble = checking_found(checking, NULL, "%s: %s", what, why);
	if (error_hint_text(failure))
		trouble_remedy(trouble, "%s", error_hint_text(failure));
}

void trouble_remedy(struct trouble *trouble, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	free(trouble->remedy);
	trouble->remedy = safe_format(format, args);
	va_end(args);
}

void result_unknown(struct result *result, struct error *error)
{
	AUTO(memory) char *text = error_text(error);
	result->outcome = OUTCOME_UNKNOWN;
	free(result->why);
	result->why = utf8_safe_copy(text);
	error_free(error);
}

void result_skip(struct result *result, const char *why)
{
	result->outcome = OUTCOME_SKIPPED;
	free(result->why);
	result->why = utf8_safe_copy(why);
}

void result_cleanup(struct result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		free(result->troubles[i].subject);
		free(result->troubles[i].what);
		free(result->troubles[i].remedy);
		free(result->troubles[i].suppressed);
	}
	free(result->troubles);
	free(result->why);
	*result = (struct result){.check = result->check};
}

void results_new(struct results *results)
{
	results->count = checks_count();
	results->items = mem_new(results->count + 1, sizeof *results->items);
	for (size_t i = 0; i < results->count; i++)
		results->items[i].check = check_at(i);
}

void results_cleanup(struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		result_cleanup(&results->items[i]);
	free(results->items);
	*results = (struct results){0};
}

bool trouble_counts(const struct trouble *trouble)
{
	return !trouble->suppressed && !trouble->known;
}

static void count_troubles(struct tally *tally, const struct result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct trouble *trouble = &result->troubles[i];
		if (trouble_counts(trouble))
			tally->troubles[trouble->severity]++;
		tally->suppressed += trouble->suppressed != NULL;
		tally->known += trouble->known && !trouble->suppressed;
	}
}

struct tally results_tally(const struct results *results)
{
	struct tally tally = {0};
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		count_troubles(&tally, result);
		if (!result->left_out)
			tally.outcomes[result->outcome]++;
	}
	return tally;
}

enum verdict tally_verdict(const struct tally *tally)
{
	if (tally->troubles[SEVERITY_CRITICAL])
		return VERDICT_CRITICAL;
	if (tally->troubles[SEVERITY_WARNING])
		return VERDICT_WARNING;
	bool looked = tally->outcomes[OUTCOME_GOOD] || tally->outcomes[OUTCOME_TROUBLE];
	return tally->outcomes[OUTCOME_UNKNOWN] || !looked ? VERDICT_UNKNOWN : VERDICT_OK;
}
