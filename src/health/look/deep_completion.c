/* One answer of a model, as a stream: of a replica, and then by way of the load balancer, to compare the two. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "health/look/deep_inner.h"

#define PATH "/api/chat/completions"
#define MOST_TOKENS 48 /* few, and enough for a stream to take its time */
#define QUESTION "Count from one to twelve in words, and say nothing else."
#define LARGEST_ANSWER ((size_t)1 << 20)
#define LEAST_ANSWER_MS 1000 /* a silence that is shorter tells nothing */

/* Another one each time: what stands before a model may have kept the answer to the last one. */
static char *request_body(const char *model)
{
	char id[UUID_TEXT_SIZE];
	random_uuid(id);
	AUTO(memory) char *question = text_format(QUESTION " (%.8s)", id);
	json_auto_t *body = json_pack("{s:s, s:b, s:i, s:[{s:s, s:s}]}", "model", model, "stream", 1, "max_tokens",
				      MOST_TOKENS, "messages", "role", "user", "content", question);
	char *text = json_dumps(body, JSON_COMPACT);
	return text ? text : text_copy("{}"); /* a name that is no UTF-8 is none of a model */
}

/* What a stream has said as a whole. */
struct said {
	bool piece;  /* of an answer */
	char *error; /* what the model's server complains of; NULL: nothing */
};
static void said_cleanup(struct said *said)
{
	free(said->error);
}

static void read_object(struct said *said, const char *text, size_t size)
{
	json_auto_t *object = json_loadb(text, size, 0, NULL);
	const json_t *error = json_object_get(object, "error");
	const json_t *message = json_is_object(error) ? json_object_get(error, "message") : error;
	said->piece |= json_array_size(json_object_get(object, "choices")) > 0;
	if (error && !json_is_null(error) && !said->error)
		said->error = text_copy(json_is_string(message) ? json_string_value(message) : "an error");
}

/* Lines "data: {..}", or one object where the model has no streams. */
static void read_stream(struct said *said, const struct str *body)
{
	static const char mark[] = "data: ";
	const char *text = str_text(body), *end = text + body->size;
	while (text < end) {
		const char *line = text, *line_end = memchr(line, '\n', (size_t)(end - line));
		line_end = line_end ? line_end : end;
		text = line_end + 1;
		if ((size_t)(line_end - line) >= sizeof mark && !strncmp(line, mark, sizeof mark - 1))
			read_object(said, line + sizeof mark - 1, (size_t)(line_end - line) - sizeof mark + 1);
	}
	if (!said->piece && !said->error)
		read_object(said, str_text(body), body->size);
}

static void take(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	struct deep_place *place = &looking->sight->places[at];
	AUTO(said) struct said said = {0};
	bool streams = !answer->failure && answer->http.status == 200;
	if (streams)
		read_stream(&said, &answer->http.body);
	if (!streams || said.error || !said.piece) {
		deep_fails(looking, &place->completion, DEEP_FAILS, answer);
		if (said.error)
			deep_complains(looking, &place->completion, said.error);
		return;
	}
	deep_works(&place->completion, answer);
	place->first_us = answer->body_us;
	place->spread_us = answer->total_us - answer->body_us;
}

static void ask(struct deep_looking *looking, size_t at)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	int64_t left = looking->deadline_ms - clock_monotonic_ms(); /* a model is no server: it may take its time */
	looking->cut = left < LEAST_ANSWER_MS;
	deep_put(looking, at, PATH, looking->tokens[at], request_body(looking->sight->model),
		 (struct probe_request){.method = "POST",
					.headers = headers,
					.answer_limit = LARGEST_ANSWER,
					.timeout_ms = left > 0 ? left : 1,
					.fresh = true,
					.compressed = true},
		 take);
}

static void ask_replica(struct deep_looking *looking)
{
	ask(looking, deep_first_in(looking));
}

static void ask_front(struct deep_looking *looking)
{
	ask(looking, deep_replicas(looking));
}

fallible deep_completion(struct deep_looking *looking)
{
	const struct deep_sight *sight = looking->sight;
	size_t first = deep_first_in(looking), front = deep_replicas(looking);
	bool wanted = look_wants(looking->look, "OW106") || look_wants(looking->look, "OW730");
	if (!sight->model || !wanted || first == sight->count)
		return NULL;
	TRY(deep_run_last(looking, ask_replica));
	bool goes_on = front < sight->count && looking->tokens[front];
	return goes_on && sight->places[first].completion.standing == DEEP_WORKS ? deep_run_last(looking, ask_front)
										 : NULL;
}
