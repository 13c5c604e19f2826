/* What a collector may answer, by each protocol: the first byte says which one, to what was sent and with which status;
 * then come three headers, a line each, and a body. What is read of protobuf is the same once it was written and read
 * again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "telemetry/fields.h"
#include "telemetry/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADERS 3

/* The lines that `text` begins with; returns what follows them. */
static const char *take_headers(const char *text, const char *end, struct http_answer *http)
{
	static const char *const names[HEADERS] = {"content-type", "grpc-status", "grpc-message"};
	for (size_t i = 0; i < HEADERS && text < end; i++) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		AUTO(memory) char *value = text_copy_n(text, (size_t)((line_end ? line_end : end) - text));
		strings_add_taken(&http->headers, text_format("%s: %s", names[i], value));
		text = line_end ? line_end + 1 : end;
	}
	return text;
}

static void read_answer(enum otlp_protocol protocol, enum otlp_signal signal, long status, const char *text,
			const char *end)
{
	char base[] = "http://127.0.0.1:4318";
	const struct otlp_target target = {.base = base, .protocol = protocol};
	struct probe_answer answer = {.end = PROBE_ANSWERED, .http.status = status};
	struct wire_answer said = {0};
	const char *body = take_headers(text, end, &answer.http);
	str_add_n(&answer.http.body, body, (size_t)(end - body));
	wire_read(&target, signal, &answer, &said);
	assert(said.meaning <= WIRE_NO_OTLP);
	assert(said.meaning != WIRE_TAKEN || !said.status);
	assert(!said.message || !strpbrk(said.message, "\x1b\x07\n"));
	wire_answer_cleanup(&said);
	http_answer_cleanup(&answer.http);
}

static void read_twice(const struct pb_field *fields, const char *bytes, size_t size)
{
	AUTO(str) struct str written = {0};
	json_auto_t *once = pb_decode(fields, bytes, size);
	if (!once)
		return;
	pb_encode(&written, fields, once);
	json_auto_t *again = pb_decode(fields, str_text(&written), written.size);
	assert(json_equal(once, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = {200, 202, 302, 400, 401, 404, 429, 503};
	if (!size)
		return 0;
	const char *text = (const char *)data + 1, *end = (const char *)data + size;
	enum otlp_protocol protocol = data[0] % OTLP_PROTOCOLS;
	enum otlp_signal signal = data[0] / OTLP_PROTOCOLS % SIGNALS;
	long status = statuses[data[0] / OTLP_PROTOCOLS / SIGNALS % COUNT(statuses)];
	read_twice(otlp_responses[signal], text, size - 1);
	read_twice(otlp_status, text, size - 1);
	read_answer(protocol, signal, status, text, end);
	return 0;
}
