#include "health/look/deep.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hide.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "health/look/deep_inner.h"
#include "health/look/deep_silence.h"

#define PER_SERVER 6
#define KEPT_MS 1000 /* of the time, to remove what was written */
#define LEAST_MS 500
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
	for (const char *const *header = request.headers; header && *header && count + 2 < COUNT(headers); header++)
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

/* While others are waited for. */
static bool look_at_silence(void *state)
{
	deep_silence_look(state);
	return false;
}

static fallible run_set(struct deep_looking *looking, deep_begin *begin, const struct probe_options *options)
{
	AUTO(probes) struct probes *probes = probes_new(options);
	looking->probes = probes;
	begin(looking);
	return probes_run(probes);
}

static fallible run_within(struct deep_looking *looking, deep_begin *begin, int64_t ms)
{
	int64_t timeout_ms = look_seconds(looking->look) * 1000;
	if (ms < LEAST_MS) {
		looking->sight->out_of_time = true;
		return NULL;
	}
	looking->cut = ms < timeout_ms;
	return run_set(looking, begin,
		       &(struct probe_options){.timeout_ms = timeout_ms,
					       .deadline_ms = clock_monotonic_ms() + ms,
					       .per_server = PER_SERVER,
					       .waits = look_at_silence,
					       .state = looking});
}

fallible deep_run(struct deep_looking *looking, deep_begin *begin)
{
	return run_within(looking, begin, (looking->deadline_ms - clock_monotonic_ms()) / 2);
}

fallible deep_run_last(struct deep_looking *looking, deep_begin *begin)
{
	return run_within(looking, begin, looking->deadline_ms - clock_monotonic_ms());
}

fallible deep_run_parting(struct deep_looking *looking, deep_begin *begin, int64_t ms)
{
	return run_set(looking, begin,
		       &(struct probe_options){.timeout_ms = ms,
					       .deadline_ms = clock_monotonic_ms() + ms,
					       .per_server = PER_SERVER,
					       .parting = true});
}

/* ---- answers ---- */

/* What a proxy or a model's server says may name the key that it was asked with. */
static bool is_key(const char *word, size_t size)
{
	return size >= 12 && (!strncmp(word, "sk-", 3) || !strncmp(word, "eyJ", 3));
}

static void add_without_keys(struct str *out, const char *text)
{
	static const char apart[] = " \t\n'\"`,;:=()<>";
	while (*text) {
		size_t word = strcspn(text, apart), between = strspn(text + word, apart);
		if (is_key(text, word))
			str_add(out, "***");
		else
			str_add_n(out, text, word);
		str_add_n(out, text + word, between);
		text += word + between;
	}
}

/* Without those that were sent. */
static char *without_own(const struct deep_looking *looking, const char *text)
{
	AUTO(secrets) struct strings secrets = {0};
	const struct health_account *account = looking->options->account;
	if (account->password)
		strings_add(&secrets, account->password);
	for (size_t i = 0; i < looking->sight->count; i++)
		if (looking->tokens[i])
			strings_add(&secrets, looking->tokens[i]);
	return text_without(text, &secrets);
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

/* Without what is secret, bounded, safe for a terminal; to be freed. */
static char *words_of(const struct deep_looking *looking, const char *words)
{
	AUTO(str) struct str said = {0};
	AUTO(memory) char *own = without_own(looking, words);
	add_without_keys(&said, own);
	AUTO(memory) char *text = text_copy_n(str_text(&said), utf8_cut(str_text(&said), LARGEST_DETAIL));
	return utf8_safe_copy(text);
}

char *deep_why(const struct deep_looking *looking, const struct probe_answer *answer)
{
	AUTO(memory) char *failure = answer->failure ? error_text(answer->failure) : NULL;
	AUTO(memory) char *detail = failure ? NULL : complaint_of(answer);
	AUTO(memory) char *said = words_of(looking, detail ? detail : "");
	const char *type = http_header(&answer->http, "Content-Type");
	AUTO(memory) char *text = *said ? text_format("status %ld: %s", answer->http.status, said)
				  : answer->http.status == 200
					  ? text_format("what comes is not what Open WebUI answers (%.80s)",
							type ? type : "nothing")
					  : text_format("status %ld", answer->http.status);
	return utf8_safe_copy(failure ? failure : text);
}

char *deep_reason(struct error *error)
{
	AUTO(memory) char *text = error ? error_text(error) : NULL;
	error_free(error);
	return text ? utf8_safe_copy(text) : NULL;
}

void deep_complains(const struct deep_looking *looking, struct deep_try *one, const char *words)
{
	free(one->why);
	one->why = words_of(looking, words);
}

void deep_works(struct deep_try *one, const struct probe_answer *answer)
{
	free(one->why);
	*one = (struct deep_try){.standing = DEEP_WORKS, .us = answer->total_us};
}

void deep_fails(const struct deep_looking *looking, struct deep_try *one, enum deep_standing standing,
		const struct probe_answer *answer)
{
	free(one->why);
	if (looking->cut && answer->end == PROBE_TIMED_OUT && standing == DEEP_FAILS)
		standing = DEEP_UNKNOWN;
	*one = (struct deep_try){.standing = standing, .why = deep_why(looking, answer)};
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
	deep_silence_free(looking);
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
	TRY(deep_silence_begin(looking));
	TRY(deep_sign_in(looking));
	TRY(deep_models(looking));
	TRY(deep_file(looking));
	TRY(deep_events(looking));
	TRY(deep_completion(looking));
	return deep_silence_end(looking);
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
