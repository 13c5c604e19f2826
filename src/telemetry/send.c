#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/probe.h"
#include "telemetry/wire.h"

#define PAUSE_MS 500

static const char *const names[SIGNALS] = {
	[SIGNAL_METRICS] = "metrics", [SIGNAL_LOGS] = "logs", [SIGNAL_TRACES] = "traces"};

struct sending {
	const struct otlp_target *target;
	const struct otlp_patience *patience;
	size_t count[SIGNALS]; /* of what is in each message */
	struct str bodies[SIGNALS];
	struct probe_answer answers[SIGNALS];
	struct wire_answer said[SIGNALS]; /* of those that came */
	bool due[SIGNALS], sent[SIGNALS];
};
static void sending_cleanup(struct sending *sending)
{
	for (int i = 0; i < SIGNALS; i++) {
		str_cleanup(&sending->bodies[i]);
		probe_answer_cleanup(&sending->answers[i]);
		wire_answer_cleanup(&sending->said[i]);
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
	const struct otlp_target *target = sending->target;
	const char **headers = mem_new(target->headers.count + WIRE_HEADERS + 1, sizeof *headers);
	size_t count = 0;
	for (size_t i = 0; i < WIRE_HEADERS && wire_headers[target->protocol][i]; i++)
		headers[count++] = wire_headers[target->protocol][i];
	for (size_t i = 0; i < target->headers.count; i++)
		headers[count++] = target->headers.items[i];
	for (enum otlp_signal i = 0; i < SIGNALS; i++) {
		if (!sending->due[i])
			continue;
		AUTO(memory) char *url = wire_url(target, i);
		const struct probe_request request = {.method = "POST",
						      .url = url,
						      .headers = headers,
						      .body = str_text(&sending->bodies[i]),
						      .body_size = sending->bodies[i].size,
						      .http2 = target->protocol == OTLP_GRPC,
						      .ca_file = target->ca_file,
						      .connect_ms = sending->patience->connect_ms,
						      .done = take_answer,
						      .state = &sending->answers[i]};
		probes_add(probes, &request);
		sending->sent[i] = true;
	}
	free(headers);
	return probes_run(probes);
}

static bool may_get_better(const struct probe_answer *answer, const struct wire_answer *said)
{
	return answer->end == PROBE_REFUSED || answer->end == PROBE_BROKEN ||
	       (answer->end == PROBE_ANSWERED && said->meaning == WIRE_BUSY);
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
	for (enum otlp_signal i = 0; i < SIGNALS; i++) {
		const struct probe_answer *answer = &sending->answers[i];
		if (sending->due[i])
			wire_answer_cleanup(&sending->said[i]);
		if (sending->due[i] && answer->end == PROBE_ANSWERED)
			wire_read(sending->target, i, answer, &sending->said[i]);
		sending->due[i] = sending->due[i] && may_get_better(answer, &sending->said[i]);
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

/* NULL: nothing was rejected. A message without a number is a warning. */
static char *rejection(const struct sending *sending, enum otlp_signal kind)
{
	const struct wire_answer *said = &sending->said[kind];
	if (said->rejected <= 0 && said->message)
		log_warning("%s takes the %s, and says: %s", sending->target->base, names[kind], said->message);
	return said->rejected > 0 ? text_format("%lld of %zu were rejected%s%s", (long long)said->rejected,
						sending->count[kind], said->message ? ": " : "",
						said->message ? said->message : "")
				  : NULL;
}

/* Why it was not taken, or not as a whole; NULL: it was. */
static char *why_not(const struct sending *sending, enum otlp_signal kind)
{
	const struct probe_answer *answer = &sending->answers[kind];
	const struct wire_answer *said = &sending->said[kind];
	if (!sending->sent[kind])
		return NULL;
	if (answer->end == PROBE_TIMED_OUT)
		return text_format("no %s within %.3g s", answer->connected ? "answer" : "connection",
				   (double)answer->total_us / 1e6);
	if (answer->end != PROBE_ANSWERED)
		return answer->failure ? error_text(answer->failure) : text_copy("there is no answer");
	if (said->meaning == WIRE_TAKEN)
		return rejection(sending, kind);
	if (!said->status)
		return text_copy("what answers is no collector of OTLP");
	return text_format("%s%s%s", said->status, said->message ? ": " : "", said->message ? said->message : "");
}

static const char *hint_for_protocol(const struct otlp_target *target, const struct probe_answer *answer)
{
	if (target->protocol != OTLP_GRPC)
		return "what is sent is OTLP/HTTP, which mostly goes to port 4318; 4317 is for gRPC";
	if (target->forced_tls && answer->end != PROBE_ANSWERED)
		return "it is asked over TLS, as Open WebUI asks it: OTEL_EXPORTER_OTLP_INSECURE=true goes without";
	return "what is sent is OTLP/gRPC, which mostly goes to port 4317; 4318 is for HTTP";
}

/* NULL: what is told says enough. */
static const char *hint_for(const struct sending *sending, enum otlp_signal kind)
{
	const struct probe_answer *answer = &sending->answers[kind];
	enum wire_meaning meaning = sending->said[kind].meaning;
	if (answer->end == PROBE_REFUSED)
		return "look whether a collector listens there";
	if (answer->end == PROBE_BROKEN || (answer->end == PROBE_UNTRUSTED && sending->target->forced_tls))
		return hint_for_protocol(sending->target, answer);
	if (answer->end == PROBE_TIMED_OUT)
		return "look whether what listens there is a collector, and well";
	if (answer->end != PROBE_ANSWERED)
		return NULL;
	if (meaning == WIRE_UNKNOWN)
		return sending->target->credentials;
	if (meaning == WIRE_ELSEWHERE)
		return "it sends elsewhere: give the address that it sends to";
	return meaning == WIRE_NOT_THERE ? hint_for_protocol(sending->target, answer) : NULL;
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
			hint = hint_for(sending, i);
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
				str_add_format(&text, "%s%s", j > i ? ", " : "", names[j]);
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
		sending.due[i] = target->wants[i] && sending.count[i]; /* there may be nothing to log */
		if (sending.due[i])
			wire_write(target->protocol, i, message, &sending.bodies[i]);
	}
	TRY(send_all(&sending));
	return tell(&sending);
}
