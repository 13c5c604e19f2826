#include "commands/backup/hooks.h"

#include <string.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/child.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/phase.h"
#include "base/run_id.h"

#define LOOK_EVERY_MS 500
#define LAST_LINES 5

struct hook {
	const char *name; /* "--before" */
	int64_t deadline; /* ms, as clock_monotonic_ms */
	bool late;
	struct strings last; /* what it printed last */
};
static void hook_cleanup(struct hook *hook)
{
	strings_cleanup(&hook->last);
}

static void hear(void *state, const char *line)
{
	struct hook *hook = state;
	log_note("%s: %s", hook->name, line);
	strings_add(&hook->last, line);
}

static bool go_on(void *state)
{
	struct hook *hook = state;
	hook->late = clock_monotonic_ms() >= hook->deadline;
	return !hook->late;
}

/* With -q nobody has seen yet what it said. */
static void tell_last(const struct hook *hook)
{
	size_t count = hook->last.count;
	for (size_t i = count > LAST_LINES ? count - LAST_LINES : 0; log_is_quiet() && i < count; i++)
		log_warning("%s: %s", hook->name, hook->last.items[i]);
}

static fallible judge(const struct hook *hook, int status, int64_t limit)
{
	AUTO(memory) char *failure = child_failure(status);
	if (!hook->late && !failure)
		return NULL;
	tell_last(hook);
	if (hook->late)
		return error_hint(error_new(ERR_FAILED, "the command of %s took more than %lld s, and was stopped",
					    hook->name, (long long)limit),
				  "--hook-limit gives it longer");
	return error_new(ERR_FAILED, "the command of %s %s", hook->name, failure);
}

/* `environment` ends with NULL. */
static fallible run_hook(const char *name, const char *line, int64_t limit, char *const *environment)
{
	AUTO(hook) struct hook hook = {.name = name, .deadline = clock_monotonic_ms() + limit * 1000};
	AUTO(memory) char *command = text_copy(line);
	char shell[] = "/bin/sh", option[] = "-c";
	char *const words[] = {shell, option, command, NULL};
	AUTO(child_run) struct child_run run = {.words = words,
						.environment = environment,
						.line = hear,
						.state = &hook,
						.go_on = go_on,
						.every_ms = LOOK_EVERY_MS,
						.parting = cancel_requested()};
	size_t phase = phase_begin(name, NULL);
	struct error *error = child_run(&run);
	phase_end(phase);
	TRY(error_wrap(error, "the command of %s", name));
	return judge(&hook, run.status, limit);
}

/* ---- what they are told ---- */

static void put(struct strings *environment, const char *name, const char *value)
{
	strings_add_taken(environment, text_format("OWCTL_BACKUP_%s=%s", name, value ? value : ""));
}

static void put_number(struct strings *environment, const char *name, uint64_t value)
{
	strings_add_taken(environment, text_format("OWCTL_BACKUP_%s=%llu", name, (unsigned long long)value));
}

/* Ours, without what an outer backup may have put there. An owctl that the hook runs belongs to the same run. */
static void begin(const struct hooks *hooks, const char *name, struct strings *environment)
{
	for (char **variable = environ; *variable; variable++)
		if (!text_starts(*variable, "OWCTL_BACKUP_") && !text_starts(*variable, "OWCTL_RUN_ID="))
			strings_add(environment, *variable);
	strings_add_taken(environment, text_format("OWCTL_RUN_ID=%s", run_id()));
	put(environment, "HOOK", name);
	put(environment, "LABEL", hooks->label);
	put(environment, "REPOSITORY", hooks->repository);
}

fallible hooks_before(const struct hooks *hooks)
{
	AUTO(strings) struct strings environment = {0};
	if (!hooks->before)
		return NULL;
	begin(hooks, "before", &environment);
	return error_wrap(run_hook("--before", hooks->before, hooks->limit, environment.items),
			  "nothing was backed up");
}

static const char *result_of(const struct error *error, const struct record *record)
{
	if (error && error->code == ERR_INTERRUPTED)
		return "interrupted";
	if (!record)
		return "failed";
	return record->complete ? "ok" : "incomplete";
}

fallible hooks_after(const struct hooks *hooks, const struct error *error, const struct record *record)
{
	AUTO(strings) struct strings environment = {0};
	AUTO(memory) char *why = error ? error_text(error) : NULL;
	if (!hooks->after)
		return NULL;
	begin(hooks, "after", &environment);
	put(&environment, "RESULT", result_of(error, record));
	put_number(&environment, "STATUS", error ? (uint64_t)error->code : 0);
	put(&environment, "ERROR", why);
	if (record) {
		put(&environment, "SNAPSHOT", record->snapshot);
		put_number(&environment, "ROWS", record->rows);
		put_number(&environment, "FILES", record->files);
		put_number(&environment, "MISSING", record->missing);
		put_number(&environment, "BYTES", record->bytes);
		put_number(&environment, "ADDED", record->added);
	}
	return run_hook("--after", hooks->after, hooks->limit, environment.items);
}
