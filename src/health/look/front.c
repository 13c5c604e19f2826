#include "health/look/front.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/ask.h"
#include "health/look/front_inner.h"
#include "net/redis_target.h"

#define VERSION_PATH "/api/version"
/* No path of this kind takes a POST, so that a replica answers without reading what it would have. */
#define LARGE_PATH "/api/v1/files/owctl"
#define PLAIN_TIMEOUT_MS 800 /* mostly nobody is there, or a firewall that says nothing */
#define LEAST_VERSIONS 8      /* how often it is asked: three times as often as there are replicas, within these */
#define MOST_VERSIONS 32
#define QUICK_US 500000
#define SOCKETS 4
#define TOKENS 3

/* ---- asking ---- */

static void take(void *state, struct probe_answer *answer);

void front_make_room(struct front_looking *looking, enum front_question question, size_t count)
{
	struct front_answers *answers = &looking->sight->answers[question];
	answers->count = count;
	answers->items = mem_new(count + 1, sizeof *answers->items);
	looking->turns[question] = mem_new(count + 1, sizeof(struct front_turn));
	for (size_t i = 0; i < count; i++)
		looking->turns[question][i] = (struct front_turn){looking, question, i};
}

void front_put_to(struct front_looking *looking, const char *server, enum front_question question, size_t index,
		   const char *path, struct probe_request request)
{
	AUTO(memory) char *url = text_format("%s%s", server, path);
	request.url = url;
	request.fresh = true;
	request.done = take;
	request.state = &looking->turns[question][index];
	probes_add(looking->probes, &request);
}

static void put(struct front_looking *looking, enum front_question question, size_t index, const char *path,
		struct probe_request request)
{
	front_put_to(looking, looking->url, question, index, path, request);
}

static void put_all(struct front_looking *looking, enum front_question question, size_t count, const char *path,
		    struct probe_request request)
{
	front_make_room(looking, question, count);
	for (size_t i = 0; i < count; i++)
		put(looking, question, i, path, request);
}

/* Each under a name of its own, so that no cache answers. */
static void put_files(struct front_looking *looking, size_t count)
{
	const struct replicas *replicas = &looking->fleet->replicas;
	front_make_room(looking, FRONT_FILE, count);
	front_make_room(looking, FRONT_REPLICA_FILE, replicas->count);
	for (size_t i = 0; i < count + replicas->count; i++) {
		AUTO(memory) char *path = text_format("/static/custom.css?v=%lld%zu", (long long)clock_now(), i);
		if (i < count)
			put(looking, FRONT_FILE, i, path, (struct probe_request){0});
		else
			front_put_to(looking, replicas->items[i - count].url, FRONT_REPLICA_FILE, i - count, path,
			       (struct probe_request){.address = replicas->items[i - count].address});
	}
}

static void put_sockets(struct front_looking *looking)
{
	AUTO(strings) struct strings headers = {0};
	ask_socket_headers(looking->origin, &headers);
	put_all(looking, FRONT_SOCKET, SOCKETS, ASK_SOCKET_PATH,
		(struct probe_request){.headers = (const char *const *)headers.items, .upgrade = true});
}

/* The loop stands still meanwhile: only where the name server has just been quick. */
static void put_addresses(struct front_looking *looking, const struct probe_answer *first)
{
	const struct strings *addresses = &looking->sight->addresses;
	if (!first->resolve_us || first->resolve_us > QUICK_US)
		return;
	front_find_addresses(looking);
	front_make_room(looking, FRONT_ADDRESS, addresses->count);
	for (size_t i = 0; i < addresses->count; i++)
		put(looking, FRONT_ADDRESS, i, VERSION_PATH,
		    (struct probe_request){.address = addresses->items[i]});
}

/* Without the user and password that WEBUI_URL may have: nobody knows who gets it. */
static void put_unverified(struct front_looking *looking, enum front_question question, struct probe_request request)
{
	AUTO(memory) char *server = http_origin(looking->url);
	request.unverified = true;
	front_make_room(looking, question, 1);
	if (server)
		front_put_to(looking, server, question, 0, VERSION_PATH, request);
}

static void put_encrypted(struct front_looking *looking)
{
	AUTO(memory) char *authority = redis_address(looking->host, 80);
	AUTO(memory) char *plain = text_format("http://%s", authority);
	put_unverified(looking, FRONT_OLD_TLS, (struct probe_request){.old_tls = true});
	front_make_room(looking, FRONT_PLAIN, 1);
	front_put_to(looking, plain, FRONT_PLAIN, 0, VERSION_PATH,
		     (struct probe_request){.timeout_ms = PLAIN_TIMEOUT_MS});
}

void front_look_begin(void *state, struct probes *probes)
{
	static const char *const token[] = {"Authorization: Bearer owctl.looks.only", NULL};
	struct front_looking *looking = state;
	size_t count = 3 * looking->fleet->replicas.count;
	count = count < LEAST_VERSIONS ? LEAST_VERSIONS : count > MOST_VERSIONS ? MOST_VERSIONS : count;
	looking->probes = probes;
	if (looking->sight->tls && looking->host)
		put_encrypted(looking);
	if (looking->fleet->guessed) /* there is nothing behind it */
		return;
	put_all(looking, FRONT_VERSION, count, VERSION_PATH, (struct probe_request){0});
	put_sockets(looking);
	put_all(looking, FRONT_TOKEN, TOKENS, "/api/v1/auths/", (struct probe_request){.headers = token});
	put_all(looking, FRONT_LARGE, 1, LARGE_PATH, (struct probe_request){.announced = FRONT_LARGE_SIZE});
	if (looking->fleet->replicas.count > 1)
		put_files(looking, count);
}

/* ---- answers ---- */

static void take(void *state, struct probe_answer *answer)
{
	struct front_turn *turn = state;
	struct front_looking *looking = turn->looking;
	struct probe_answer *own = &looking->sight->answers[turn->question].items[turn->index];
	*own = *answer;
	*answer = (struct probe_answer){0};
	if (turn->question == FRONT_POLLING)
		front_polling_begin(looking, own);
	else if (turn->question == FRONT_STICKY && --looking->sticky == 0)
		front_polling_end(looking);
}

void front_look_answered(void *state, const struct replica *replica, enum question question)
{
	struct front_looking *looking = state;
	const struct fleet_sight *fleet = looking->fleet;
	json_t *features = json_object_get(replica->config, "features");
	bool front = replica == (fleet->guessed ? fleet->replicas.items : &fleet->front);
	if (!front)
		return;
	if (question == ASK_VERSION && !fleet->guessed)
		put_addresses(looking, &replica->answers[ASK_VERSION]);
	if (question == ASK_VERSION && replica->answers[ASK_VERSION].end == PROBE_UNTRUSTED)
		put_unverified(looking, FRONT_UNVERIFIED, (struct probe_request){0});
	if (question == ASK_CONFIG && fleet->replicas.count > 1 &&
	    json_is_false(json_object_get(features, "enable_websocket")))
		put_all(looking, FRONT_POLLING, 1, FRONT_POLLING_PATH, (struct probe_request){0});
}

void front_look_end(struct front_looking *looking)
{
	struct replica *front = &looking->fleet->front;
	struct front_answers *versions = &looking->sight->answers[FRONT_VERSION];
	for (size_t i = 0; front->url && !front->release && i < versions->count; i++)
		front->release = answer_release(&versions->items[i]);
}

/* ---- all of it ---- */

struct front_looking *front_look_new(struct look *look, const char *url, const char *origin)
{
	struct front_looking *looking = mem_new(1, sizeof *looking);
	looking->fleet = &look->scene->fleet;
	looking->sight = &looking->fleet->at_front;
	looking->sight->looked = true;
	looking->origin = origin;
	front_find(looking, url);
	return looking;
}

void front_look_free(struct front_looking *looking)
{
	if (!looking)
		return;
	for (size_t i = 0; i < FRONT_QUESTIONS; i++)
		free(looking->turns[i]);
	free(looking->url);
	free(looking->host);
	free(looking->session);
	free(looking->cookie);
	free(looking);
}
