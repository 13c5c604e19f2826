#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/probe.h"
#include "telemetry/otlp.h"

#define PAUSE_MS 500

static const struct {
	const char *name, *rejected; /* the last one as ExportXPartialSuccess has it */
} signals[SIGNALS] = {
	[SIGNAL_METRICS] = {"metrics", "rejectedDataPoints"},
	[SIGNAL_LOGS] = {"logs", "rejectedLogRecords"},
	[SIGNAL_TRACES] = {"traces", "rejectedSpans"},
};

struct sending {
	const struct otlp_target *target;
	const struct otlp_patience *patience;
	size_t count[SIGNALS]; /* of what is in each message */
	char *bodies[SIGNALS];
	struct probe_answer answers[SIGNALS];
	bool due[SIGNALS], sent[SIGNALS];
};
static void sending_cleanup(struct sending *sending)
{
	for (int i = 0; i < SIGNALS; i++) {
		free(sending->bodies[i]);
		probe_answer_cleanup(&sending->answers[i]);
	}
}

/* ---- sending ---- */

static void take_answer(void *state, struct probe_answer *answer)
{
	struct probe_answer *own = state;
	probe_answer_cleanup(own);
	*own = *answer;
	*answer = (struct probe_answer){0};
}

static fallible try_once(struct sending *sending, int64_t deadline_ms)
{
	AUTO(probes) struct probes *probes =
		probes_new(&(struct probe_options){.timeout_ms = sending->patience->within_ms,
						   .deadline_ms = deadline_ms,
						   .parting = sending->patience->parting});
	const struct strings *own = &sending->target->headers;
	const char **headers = mem_new(own->count + 2, sizeof *headers);
	headers[0] = "Content-Type: application/json";
	for (size_t i = 0; i < own->count; i++)
		headers[i + 1] = own->items[i];
	for (int i = 0; i < SIGNALS; i++) {
		if (!sending->due[i])
			continue;
		AUTO(memory) char *url = text_format("%s%s", sending->target->base, otlp_paths[i]);
		const struct probe_request request = {.method = "POST",
						      .url = url,
						      .headers = headers,
						      .body = sending->bodies[i],
						      .body_size = strlen(sending->bodies[i]),
						      .connect_ms = sending->patience->connect_ms,
						      .done = take_answer,
						      .state = &sending->answers[i]};
		probes_add(probes, &request);
		sending->sent[i] = true;
	}
	free(headers);
	return probes_run(probes);
}

/* As the specification of OTLP/HTTP has it. */
static bool may_get_better(const struct probe_answer *answer)
{
	long status = answer->http.status;
	return answer->end == PROBE_REFUSED || answer->end == PROBE_BROKEN ||
	       (answer->end == PROBE_ANSWERED && (status == 429 || status == 502 || status == 503 || status == 504));
}

/* No longer than the whole time, which then is over. */
static int64_t pause_for(const struct probe_answer *answer, int64_t most_ms)
{
	const char *text = http_header(&answer->http, "Retry-After");
	int64_t seconds = text ? strtoll(text, NULL, 10) : 0;
	if (seconds > most_ms / 1000)
		return most_ms;
	return seconds > 0 ? seconds * 1000 : PAUSE_MS;
}

/* How long to wait before the next try; -1: there is none. */
static int64_t take_stock(struct sending *sending)
{
	int64_t pause = -1;
	for (int i = 0; i < SIGNALS; i++) {
		const struct probe_answer *answer = &sending->answers[i];
		sending->due[i] = sending->due[i] && may_get_better(answer);
		int64_t its = pause_for(answer, sending->patience->within_ms);
		if (sending->due[i] && its > pause)
			pause = its;
	}
	return pause;
}

static fallible send_all(struct sending *sending)
{
	int64_t end = clock_monotonic_ms() + sending->patience->within_ms;
	for (int tries = 1;; tries++) {
		TRY(try_once(sending, end));
		int64_t pause = take_stock(sending);
		if (pause < 0 || tries == sending->patience->tries || clock_monotonic_ms() + pause >= end)
			return NULL;
		cancel_sleep(pause);
		TRY(cancel_check());
	}
}

/* ---- what became of it ---- */

/* "message" of the Status that a refusal has, and of ExportXPartialSuccess. */
static char *text_at(const struct sending *sending, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text && *text ? otlp_quote(sending->target, text) : NULL;
}

static json_int_t number_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);
	return text ? strtoll(text, NULL, 10) : json_integer_value(value);
}

/* NULL: nothing was rejected. A message without a number is a warning. */
static char *rejection(const struct sending *sending, enum otlp_signal kind, const json_t *body)
{
	const json_t *partial = json_object_get(body, "partialSuccess");
	json_int_t rejected = number_at(partial, signals[kind].rejected);
	AUTO(memory) char *message = text_at(sending, partial, "errorMessage");
	if (rejected <= 0 && message)
		log_warning("%s takes the %s, and says: %s", sending->target->base, signals[kind].name, message);
	return rejected > 0 ? text_format("%lld of %zu were rejected%s%s", (long long)rejected, sending->count[kind],
					  message ? ": " : "", message ? message : "")
			    : NULL;
}

/* A page to sign in at has a good status, too. Some collectors leave out the object that a good answer is to have. */
static bool is_collector(const struct probe_answer *answer, const json_t *body)
{
	const char *type = http_header(&answer->http, "Content-Type");
	return json_is_object(body) ||
	       (!answer->http.body.size && (!type || !*type || text_starts(type, "application/json")));
}

/* Why it was not taken, or not as a whole; NULL: it was. */
static char *why_not(const struct sending *sending, enum otlp_signal kind)
{
	const struct probe_answer *answer = &sending->answers[kind];
	json_auto_t *body = json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL);
	if (!sending->sent[kind])
		return NULL;
	if (answer->end == PROBE_TIMED_OUT)
		return text_format("no %s within %.3g s", answer->connected ? "answer" : "connection",
				   (double)answer->total_us / 1e6);
	if (answer->end != PROBE_ANSWERED)
		return answer->failure ? error_text(answer->failure) : text_copy("there is no answer");
	if (answer->http.status >= 200 && answer->http.status < 300)
		return is_collector(answer, body) ? rejection(sending, kind, body)
						  : text_copy("what answers is no collector of OTLP");
	AUTO(memory) char *message = text_at(sending, body, "message");
	return text_format("status %ld%s%s", answer->http.status, message ? ": " : "", message ? message : "");
}

/* NULL: what is told says enough. */
static const char *hint_for(const struct probe_answer *answer)
{
	long status = answer->http.status;
	if (status == 401 || status == 403)
		return "OWCTL_OTLP_HEADERS is to say who sends it";
	if (answer->end == PROBE_REFUSED)
		return "look whether a collector listens there";
	if (status >= 300 && status < 400)
		return "it sends elsewhere: give the address that it sends to";
	if (answer->end == PROBE_BROKEN || status == 404 || status == 405 || status == 415)
		return "what is sent is OTLP/HTTP in JSON, which mostly goes to port 4318; 4317 is for gRPC";
	return NULL;
}

/* One reason is told once, with all that it holds for. */
static fallible tell(const struct sending *sending)
{
	AUTO(str) struct str text = {0};
	AUTO(strings) struct strings whys = {0};
	const char *hint = NULL;
	for (enum otlp_signal i = 0; i < SIGNALS; i++) {
		char *why = why_not(sending, i);
		strings_add_taken(&whys, why ? why : text_copy(""));
		if (why && !hint)
			hint = hint_for(&sending->answers[i]);
	}
	for (size_t i = 0; i < SIGNALS; i++) {
		size_t first = 0;
		while (!text_equal(whys.items[first], whys.items[i]))
			first++;
		if (!*whys.items[i] || first < i)
			continue;
		str_add(&text, text.size ? "; " : "");
		for (size_t j = i; j < SIGNALS; j++)
			if (text_equal(whys.items[j], whys.items[i]))
				str_add_format(&text, "%s%s", j > i ? ", " : "", signals[j].name);
		str_add_format(&text, ": %s", whys.items[i]);
	}
	return text.size ? error_new(ERR_UNREACHABLE, "%s does not take all of the telemetry: %s%s%s",
				     sending->target->base, str_text(&text), hint ? "; " : "", hint ? hint : "")
			 : NULL;
}

fallible otlp_send(const struct otlp_target *target, const struct otlp_batch *batch,
		   const struct otlp_patience *patience)
{
	AUTO(sending) struct sending sending = {.target = target, .patience = patience};
	for (enum otlp_signal i = 0; i < SIGNALS; i++) {
		json_auto_t *message = otlp_batch_message(batch, i);
		sending.count[i] = otlp_batch_count(batch, i);
		sending.bodies[i] = json_dumps(message, JSON_COMPACT);
		sending.due[i] = sending.bodies[i] && sending.count[i]; /* there may be nothing to log */
	}
	TRY(send_all(&sending));
	return tell(&sending);
}
