#include "telemetry/telling.h"

#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/hide.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/phase.h"
#include "base/run_id.h"
#include "base/utf8.h"

void telling_begin(struct telling *telling, const char *command, struct settings *settings)
{
	*telling = (struct telling){.command = command,
				    .settings = settings,
				    .begun_us = clock_now_us(),
				    .begun_ms = clock_monotonic_ms()};
}

void telling_cleanup(struct telling *telling)
{
	otlp_target_cleanup(&telling->target);
	otlp_batch_cleanup(&telling->batch);
}

/* In one line, with what to do. */
static void warn(struct error *error)
{
	AUTO(memory) char *text = error ? error_text(error) : NULL;
	const char *hint = error ? error_hint_text(error) : NULL;
	if (error)
		log_warning("%s%s%s", text, hint ? "; " : "", hint ? hint : "");
	error_free(error);
}

/* ---- who is to be told ---- */

/* What is said of the installation; who tells is owctl, and not that server. */
static fallible add_resource(struct telling *telling)
{
	const char *text = NULL;
	AUTO(strings) struct strings pairs = {0};
	TRY(settings_get(telling->settings, "OTEL_RESOURCE_ATTRIBUTES", &text));
	if (!text)
		return NULL;
	TRY(otlp_read_pairs("OTEL_RESOURCE_ATTRIBUTES", text, "=", &pairs));
	for (size_t i = 0; i < pairs.count; i++) {
		char *value = strchr(pairs.items[i], '=');
		*value = '\0';
		if (!text_starts(pairs.items[i], "service.") && !text_equal(pairs.items[i], "host.name"))
			otlp_add_text(telling->batch.attributes, pairs.items[i], value + 1);
	}
	return NULL;
}

static void begin_batch(struct telling *telling)
{
	const char *url = NULL, *parent = getenv("TRACEPARENT");
	bool recorded;
	error_ignore(settings_get(telling->settings, "WEBUI_URL", &url)); /* the command says so, if it needs it */
	otlp_batch_begin(&telling->batch, url);
	warn(add_resource(telling));
	if (parent && trace_parent_parse(parent, telling->batch.trace, telling->parent, &recorded))
		telling->unrecorded = !recorded;
	else
		trace_of_run(run_id(), telling->batch.trace);
}

/* An error is told by the caller, once. */
static fallible aim(struct telling *telling, const char *url)
{
	telling->aimed = true;
	struct error *error = otlp_target_read(telling->settings, url, &telling->target);
	if (error)
		otlp_target_cleanup(&telling->target); /* of which a part may be fine */
	if (telling->target.base)
		begin_batch(telling);
	return error;
}

bool telling_wanted(struct telling *telling)
{
	if (telling->settings && !telling->aimed)
		warn(error_wrap(aim(telling, NULL), "nothing is told of this run"));
	return telling->target.base && !telling->done;
}

fallible telling_aim(struct telling *telling, const char *url, bool *aimed)
{
	TRY(aim(telling, url));
	*aimed = telling->target.base != NULL;
	return NULL;
}

/* ---- what is told ---- */

void telling_add_metrics(struct telling *telling, const struct metrics *metrics)
{
	if (telling_wanted(telling))
		otlp_batch_add_metrics(&telling->batch, metrics, clock_now_us());
}

void telling_add_text(struct telling *telling, const char *key, const char *value)
{
	if (telling_wanted(telling))
		otlp_add_text(telling->batch.root_attributes, key, value);
}

void telling_add_number(struct telling *telling, const char *key, int64_t value)
{
	if (telling_wanted(telling))
		otlp_add_number(telling->batch.root_attributes, key, value);
}

/* The ids of those that they are within come first. */
static void add_phases(struct otlp_batch *batch, int64_t now_us)
{
	size_t count;
	const struct phase *list = phases(&count);
	char ids[PHASES_MOST][2 * OTLP_SPAN_SIZE + 1];
	for (size_t i = 0; i < count; i++) {
		otlp_batch_new_span(ids[i]);
		otlp_batch_add_span(batch, ids[i],
				    &(struct span){.name = list[i].name,
						   .parent = list[i].within < i ? ids[list[i].within] : batch->root,
						   .kind = SPAN_INTERNAL,
						   .begun_us = list[i].begun_us,
						   .ended_us = list[i].ended_us ? list[i].ended_us : now_us,
						   .attributes = json_array()});
	}
}

/* As it is on standard error. No secret should be in it, and none that is known gets any further. */
static char *failure_of(const struct telling *telling, const struct error *error)
{
	AUTO(secrets) struct strings secrets = {0};
	settings_add_secrets(telling->settings, &secrets);
	AUTO(memory) char *text = error_text(error);
	AUTO(memory) char *code = text_format("%s: %s", exit_status_of((int)error->code)->name, text);
	AUTO(memory) char *harmless = text_without(code, &secrets);
	AUTO(memory) char *safe = utf8_safe_copy(harmless);
	return text_copy_n(safe, utf8_cut(safe, LOG_LONGEST));
}

static void add_root(struct telling *telling, const struct telling_end *end, int64_t now_us)
{
	json_t *attributes = json_incref(telling->batch.root_attributes);
	AUTO(memory) char *name = text_format("owctl %s", telling->command);
	AUTO(memory) char *failure = end->error ? failure_of(telling, end->error) : NULL;
	otlp_add_text(attributes, "owctl.run", run_id());
	otlp_add_text(attributes, "owctl.command", telling->command);
	otlp_add_text(attributes, "owctl.profile", settings_profile(telling->settings));
	otlp_add_text(attributes, "owctl.changed", end->changed);
	otlp_add_text(attributes, "owctl.dry_run", end->dry_run ? "yes" : NULL);
	otlp_add_number(attributes, "owctl.exit_status", end->status);
	otlp_batch_add_span(&telling->batch, telling->batch.root,
			    &(struct span){.name = name,
					   .parent = *telling->parent ? telling->parent : NULL,
					   .kind = SPAN_INTERNAL,
					   .begun_us = telling->begun_us,
					   .ended_us = now_us,
					   .failure = failure,
					   .attributes = attributes});
}

static void add_end(struct telling *telling, const struct telling_end *end)
{
	int64_t now_us = clock_now_us();
	AUTO(metrics) struct metrics metrics = {0};
	if (!telling->unrecorded) {
		add_root(telling, end, now_us);
		add_phases(&telling->batch, now_us);
	} else {
		json_array_clear(telling->batch.items[SIGNAL_TRACES]);
	}
	if (end->dry_run)
		return;
	telling_measure(telling, end, &metrics);
	telling_add_metrics(telling, &metrics);
}

void telling_conclude(struct telling *telling, const struct telling_end *end)
{
	if (telling_wanted(telling))
		add_end(telling, end);
}

void telling_end(struct telling *telling, const struct telling_end *end)
{
	telling_conclude(telling, end);
	if (telling->settings && !end->dry_run)
		warn(telling_write_file(telling, end));
	telling->settings = NULL;
}

/* ---- telling it ---- */

fallible telling_send(struct telling *telling, const struct otlp_patience *patience)
{
	telling->done = true;
	return otlp_send(&telling->target, &telling->batch, patience);
}

/* A signal that comes meanwhile ends it at once; after one that has come before, there is half a second. */
void telling_send_last(struct telling *telling)
{
	const struct otlp_patience patience = {.within_ms = cancel_requested() ? TELLING_PARTING_MS : TELLING_MS,
					       .connect_ms = TELLING_CONNECT_MS,
					       .tries = 1,
					       .parting = cancel_requested()};
	if (!telling->target.base || telling->done)
		return;
	struct error *error = telling_send(telling, &patience);
	if (error && error->code == ERR_INTERRUPTED)
		error_free(error);
	else
		warn(error);
}
