/* One answer of a model, as a stream: of a replica, and then by way of the load balancer, to compare the two. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/deep_inner.h"

#define PATH "/api/chat/completions"
#define MOST_TOKENS 48 /* few, and enough for a stream to take its time */
#define QUESTION "Count from one to twelve in words, and say nothing else."
#define LARGEST_ANSWER ((size_t)1 << 20)

static char *request_body(const char *model)
{
	json_auto_t *body = json_pack("{s:s, s:b, s:i, s:[{s:s, s:s}]}", "model", model, "stream", 1, "max_tokens",
				      MOST_TOKENS, "messages", "role", "user", "content", QUESTION);
	char *text = json_dumps(body, JSON_COMPACT);
	return text ? text : text_copy("{}"); /* a name that is no UTF-8 is none of a model */
}

/* Whether it is a piece of an answer. */
static bool is_piece(const char *text, size_t size)
{
	json_auto_t *object = json_loadb(text, size, 0, NULL);
	return json_is_array(json_object_get(object, "choices"));
}

/* Lines "data: {..}", or one object where the model has no streams. */
static bool has_piece(const struct str *body)
{
	static const char mark[] = "data: ";
	const char *text = str_text(body), *end = text + body->size;
	while (text < end) {
		const char *line = text, *line_end = memchr(line, '\n', (size_t)(end - line));
		line_end = line_end ? line_end : end;
		text = line_end + 1;
		if ((size_t)(line_end - line) >= sizeof mark && !strncmp(line, mark, sizeof mark - 1) &&
		    is_piece(line + sizeof mark - 1, (size_t)(line_end - line) - sizeof mark + 1))
			return true;
	}
	return is_piece(str_text(body), body->size);
}

static void take(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	struct deep_place *place = &looking->sight->places[at];
	if (answer->failure || answer->http.status != 200 || !has_piece(&answer->http.body)) {
		deep_fails(&place->completion, DEEP_FAILS, answer);
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
	TRY(deep_run(looking, ask_replica, 0));
	bool goes_on = front < sight->count && looking->tokens[front];
	return goes_on && sight->places[first].completion.standing == DEEP_WORKS ? deep_run(looking, ask_front, 0)
										 : NULL;
}
