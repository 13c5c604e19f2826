#include "health/look/deep.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "health/look/deep_inner.h"

#define PER_SERVER 6
#define KEPT_MS 1000 /* of the time, to remove what was written */
#define LARGEST_DETAIL 200

/* ---- one request ---- */

struct deep_turn {
	struct deep_turn *next;
	struct deep_looking *looking;
	size_t place;
	deep_take *take;
};

static void take(void *state, struct probe_answer *answer)
{
	struct deep_turn *turn = state;
	turn->take(turn->looking, turn->place, answer);
}

void deep_put(struct deep_looking *looking, size_t place, const char *path, const char *token, char *body,
	      struct probe_request request, deep_take *taker)
{
	struct deep_turn *turn = mem_new(1, sizeof *turn);
	const struct replica *replica = looking->replicas[place];
	AUTO(memory) char *url = text_format("%s%s", replica->url, path);
	AUTO(secret) char *authorization = token ? text_format("Authorization: Bearer %s", token) : NULL;
	const char *headers[4] = {NULL};
	size_t count = 0;
	for (const char *const *header = request.headers; header && *header; header++)
		headers[count++] = *header;
	headers[count] = authorization;
	*turn = (struct deep_turn){looking->turns, looking, place, taker};
	looking->turns = turn;
	request.url = url;
	request.address = replica->address;
	request.headers = headers;
	if (body) {
		strings_add_taken(&looking->bodies, body);
		request.body = body;
		request.body_size = strlen(body);
	}
	request.done = take;
	request.state = turn;
	probes_add(looking->probes, &request);
}

fallible deep_run(struct deep_looking *looking, void (*begin)(struct deep_looking *looking), int64_t parting_ms)
{
	const struct probe_options options = {
		.timeout_ms = parting_ms ? parting_ms : look_seconds(looking->look) * 1000,
		.deadline_ms = parting_ms ? clock_monotonic_ms() + parting_ms : looking->deadline_ms,
		.per_server = PER_SERVER,
		.parting = parting_ms > 0};
	AUTO(probes) struct probes *probes = probes_new(&options);
	looking->probes = probes;
	begin(looking);
	return probes_run(probes);
}

/* ---- answers ---- */

/* What a proxy or a model's server says may name the key that it was asked with. */
static void add_without_keys(struct str *out, const char *text)
{
	while (*text) {
		size_t word = strcspn(text, " "), blanks = strspn(text + word, " ");
		if (word >= 20 && strcspn(text, "0123456789") < word)
			str_add(out, "***");
		else
			str_add_n(out, text, word);
		str_add_n(out, text + word, blanks);
		text += word + blanks;
	}
}

/* {"detail": ..}, or what the server of a model has answered: {"error": {"message": ..}}. */
static char *complaint_of(const struct probe_answer *answer)
{
	char *detail = answer_detail(answer);
	if (detail || !answer_is_json(answer))
		return detail;
	json_auto_t *object = json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL);
	const json_t *error = json_object_get(object, "error");
	const json_t *message = json_is_object(error) ? json_object_get(error, "message") : error;
	return text_copy(json_string_value(message));
}

char *deep_why(const struct probe_answer *answer)
{
	if (answer->failure) {
		AUTO(memory) char *text = error_text(answer->failure);
		return utf8_safe_copy(text);
	}
	AUTO(memory) char *detail = complaint_of(answer);
	const char *type = http_header(&answer->http, "Content-Type");
	AUTO(str) struct str said = {0};
	add_without_keys(&said, detail ? detail : "");
	if (said.size > LARGEST_DETAIL) {
		said.size = LARGEST_DETAIL;
		while (said.size && ((unsigned char)said.data[said.size] & 0xc0) == 0x80)
			said.size--;
		said.data[said.size] = '\0';
	}
	AUTO(memory) char *text = said.size ? text_format("status %ld: %s", answer->http.status, str_text(&said))
				  : answer->http.status == 200
					  ? text_format("what comes is not what Open WebUI answers (%s)",
							type ? type : "nothing")
					  : text_format("status %ld", answer->http.status);
	return utf8_safe_copy(text);
}

void deep_works(struct deep_try *one, const struct probe_answer *answer)
{
	free(one->why);
	*one = (struct deep_try){.standing = DEEP_WORKS, .us = answer->total_us};
}

void deep_fails(struct deep_try *one, enum deep_standing standing, const struct probe_answer *answer)
{
	free(one->why);
	*one = (struct deep_try){.standing = standing, .why = deep_why(answer)};
}

/* ---- places ---- */

size_t deep_replicas(const struct deep_looking *looking)
{
	return looking->look->scene->fleet.replicas.count;
}

bool deep_is_there(const struct deep_looking *looking, size_t place)
{
	return replica_speaks(looking->replicas[place]);
}

bool deep_is_in(const struct deep_looking *looking, size_t place)
{
	return place < deep_replicas(looking) && looking->sight->places[place].models.standing == DEEP_WORKS;
}

size_t deep_first_in(const struct deep_looking *looking)
{
	for (size_t i = 0; i < deep_replicas(looking); i++)
		if (deep_is_in(looking, i))
			return i;
	return looking->sight->count;
}

/* ---- all of it ---- */

static void begin(struct deep_looking *looking, struct fleet_sight *fleet)
{
	struct deep_sight *sight = looking->sight;
	int64_t now = clock_monotonic_ms(), left = looking->look->deadline_ms - now;
	looking->deadline_ms = looking->look->deadline_ms - (left > 4 * KEPT_MS ? KEPT_MS : left / 4);
	sight->count = fleet->replicas.count + (fleet->front.url ? 1 : 0);
	sight->places = mem_new(sight->count + 1, sizeof *sight->places);
	sight->session_of = sight->count;
	looking->replicas = mem_new(sight->count + 1, sizeof *looking->replicas);
	looking->tokens = mem_new(sight->count + 1, sizeof *looking->tokens);
	for (size_t i = 0; i < fleet->replicas.count; i++)
		looking->replicas[i] = &fleet->replicas.items[i];
	if (fleet->front.url)
		looking->replicas[fleet->replicas.count] = &fleet->front;
}

static void end(struct deep_looking *looking)
{
	for (struct deep_turn *turn = looking->turns, *next; turn; turn = next) {
		next = turn->next;
		free(turn);
	}
	for (size_t i = 0; i < looking->sight->count; i++)
		secret_free(looking->tokens[i]);
	for (size_t i = 0; i < looking->bodies.count; i++)
		mem_wipe(looking->bodies.items[i], strlen(looking->bodies.items[i]));
	strings_cleanup(&looking->bodies);
	free(looking->tokens);
	free(looking->replicas);
}

static fallible look_at_all(struct deep_looking *looking)
{
	TRY(deep_sign_in(looking));
	TRY(deep_models(looking));
	TRY(deep_file(looking));
	TRY(deep_events(looking));
	return deep_completion(looking);
}

/* By one check at least. */
static bool is_wanted(const struct look *look)
{
	bool wanted = false;
	for (size_t i = 0; i < look->results->count; i++)
		wanted |= look->wanted[i] && look->results->items[i].check->needs & NEEDS_ACCOUNT;
	return wanted;
}

fallible deep_look(struct look *look, const struct deep_options *options)
{
	struct deep_looking looking = {.look = look, .options = options, .sight = &look->scene->fleet.deep};
	if (!is_wanted(look))
		return NULL;
	begin(&looking, &look->scene->fleet);
	struct error *error = look_at_all(&looking);
	end(&looking);
	return error;
}
