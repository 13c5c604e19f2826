#include "health/look/look.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "health/checks.h"

const struct part *const parts[] = {&fleet_part,   &database_part,	&redis_part,
				    &storage_part, &vectors_part,	&repository_part,
				    &telemetry_part, &growth_part,	NULL};

int64_t look_seconds(const struct look *look)
{
	int64_t left = (look->deadline_ms - clock_monotonic_ms() + 999) / 1000, most = look->options->timeout_s;
	left = most && left > most ? most : left;
	return left > 0 ? left : 1;
}

bool look_wants(const struct look *look, const char *code)
{
	const struct check *check = check_find(code);
	return check && look->wanted[check_index(check)];
}

/* A role that may not read what a check reads is one that was meant so (docs/health-rights.md). */
static void conclude(struct result *result, enum check_stage stage, struct error *error)
{
	if (stage != CHECK_IN_DATABASE || error->code != ERR_PERMISSION) {
		result_unknown(result, error);
		return;
	}
	AUTO(memory) char *why = error_text(error);
	error_free(error);
	result_cleanup(result);
	result_skip(result, why);
}

static fallible run_check(struct checking *checking, fallible (*refresh)(struct checking *checking))
{
	if (refresh)
		TRY(refresh(checking));
	return checking->result->check->run(checking);
}

void look_run_checks(struct look *look, struct checking *checking, enum check_stage stage,
		     fallible (*refresh)(struct checking *checking))
{
	for (size_t i = 0; i < look->results->count; i++) {
		struct result *result = &look->results->items[i];
		const char *why;
		if (result->check->stage != stage || !look->wanted[i])
			continue;
		unsigned needs = result->check->needs & ~(unsigned)NEEDS_OTHERS;
		if (!needs_are_met(look->scene, needs, &why))
			continue; /* which is told at the end */
		checking->result = result;
		bool late = cancel_requested() || clock_monotonic_ms() >= look->deadline_ms;
		struct error *error = late ? error_new(ERR_UNREACHABLE, "there was no time left to look")
					   : run_check(checking, refresh);
		if (error)
			conclude(result, stage, error);
	}
}
