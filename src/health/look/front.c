#include "health/look/front.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/ask.h"
#include "net/redis_target.h"

#define VERSION_PATH "/api/version"
/* No path of this kind takes a POST, so that a replica answers without reading what it would have. */
#define LARGE_PATH "/api/v1/files/owctl"
#define PLAIN_TIMEOUT_MS 3000 /* mostly nobody is there, or a firewall that says nothing */
#define LEAST_VERSIONS 8      /* how often it is asked: three times as often as there are replicas, within these */
#define MOST_VERSIONS 32
#define SOCKETS 4
#define TOKENS 3
#define STICKY 6 /* of requests to two replicas in turn, one in sixty-four would miss that they are lost */
#define MOST_ADDRESSES 16
#define LARGEST_SESSION 64

struct turn {
	struct front_looking *looking;
	enum front_question question;
	size_t index;
};

struct front_looking {
	struct fleet_sight *fleet;
	struct front_sight *sight;
	char *url;  /* without "/" at its end */
	char *host; /* as in an address: IPv6 without brackets */
	int64_t port;
	const char *origin;
	struct probes *probes;
	struct turn *turns[FRONT_QUESTIONS];
	char *session, *cookie; /* of polling; the latter is a header, or NULL */
	size_t sticky;		/* that are under way */
};

/* ---- where it is ---- */

static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return NULL;
	char *own = text_copy(text);
	curl_free(text);
	return own;
}

static void read_url(struct front_looking *looking, const char *text)
{
	size_t size = strlen(text);
	while (size && text[size - 1] == '/')
		size--;
	looking->url = text_copy_n(text, size);
	CURLU *url = curl_url();
	if (curl_url_set(url, CURLUPART_URL, looking->url, 0) == CURLUE_OK) {
		AUTO(memory) char *scheme = part_of(url, CURLUPART_SCHEME, 0);
		AUTO(memory) char *port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
		looking->sight->tls = text_equal(scheme, "https");
		looking->host = part_of(url, CURLUPART_HOST, 0);
		if (!port || !redis_port_parse(port, &looking->port))
			looking->port = 0;
	}
	curl_url_cleanup(url);
	size = looking->host ? strlen(looking->host) : 0;
	if (size > 2 && looking->host[0] == '[') {
		memmove(looking->host, looking->host + 1, size - 2);
		looking->host[size - 2] = '\0';
	}
}

/* localhost has an address of each kind on most machines, and servers listen at one of them. */
static void find_addresses(struct front_looking *looking)
{
	struct strings *addresses = &looking->sight->addresses;
	struct addrinfo *found = NULL;
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	if (!looking->host || !looking->port || text_equal(looking->host, "localhost"))
		return;
	if (getaddrinfo(looking->host, NULL, &hints, &found))
		return; /* which is told when it is asked */
	for (const struct addrinfo *one = found; one && addresses->count < MOST_ADDRESSES; one = one->ai_next) {
		char host[NI_MAXHOST];
		if (getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST))
			continue;
		AUTO(memory) char *address = redis_address(host, looking->port);
		if (!strings_have(addresses, address))
			strings_add(addresses, address);
	}
	freeaddrinfo(found);
	if (addresses->count < 2)
		strings_cleanup(addresses);
}

/* ---- asking ---- */

static void take(void *state, struct probe_answer *answer);

static void make_room(struct front_looking *looking, enum front_question question, size_t count)
{
	struct front_answers *answers = &looking->sight->answers[question];
	answers->count = count;
	answers->items = mem_new(count + 1, sizeof *answers->items);
	looking->turns[question] = mem_new(count + 1, sizeof(struct turn));
	for (size_t i = 0; i < count; i++)
		looking->turns[question][i] = (struct turn){looking, question, i};
}

static void put_to(struct front_looking *looking, const char *server, enum front_question question, size_t index,
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
	put_to(looking, looking->url, question, index, path, request);
}

static void put_all(struct front_looking *looking, enum front_question question, size_t count, const char *path,
		    struct probe_request request)
{
	make_room(looking, question, count);
	for (size_t i = 0; i < count; i++)
		put(looking, question, i, path, request);
}

/* Each under a name of its own, so that no cache answers. */
static void put_files(struct front_looking *looking, size_t count)
{
	const struct replicas *replicas = &looking->fleet->replicas;
	make_room(looking, FRONT_FILE, count);
	make_room(looking, FRONT_REPLICA_FILE, replicas->count);
	for (size_t i = 0; i < count + replicas->count; i++) {
		AUTO(memory) char *path = text_format("/static/custom.css?v=%lld%zu", (long long)clock_now(), i);
		if (i < count)
			put(looking, FRONT_FILE, i, path, (struct probe_request){0});
		else
			put_to(looking, replicas->items[i - count].url, FRONT_REPLICA_FILE, i - count, path,
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

static void put_addresses(struct front_looking *looking)
{
	const struct strings *addresses = &looking->sight->addresses;
	make_room(looking, FRONT_ADDRESS, addresses->count);
	for (size_t i = 0; i < addresses->count; i++)
		put(looking, FRONT_ADDRESS, i, VERSION_PATH,
		    (struct probe_request){.address = addresses->items[i]});
}

static void put_encrypted(struct front_looking *looking)
{
	AUTO(memory) char *authority = redis_address(looking->host, 80);
	AUTO(memory) char *plain = text_format("http://%s", authority);
	put_all(looking, FRONT_OLD_TLS, 1, VERSION_PATH, (struct probe_request){.old_tls = true, .unverified = true});
	make_room(looking, FRONT_PLAIN, 1);
	put_to(looking, plain, FRONT_PLAIN, 0, VERSION_PATH, (struct probe_request){.timeout_ms = PLAIN_TIMEOUT_MS});
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
	put_addresses(looking);
	if (looking->fleet->replicas.count > 1)
		put_files(looking, count);
}

/* ---- a session of polling: https://socket.io/docs/v4/engine-io-protocol/ ---- */

static const char *const packet_headers[] = {"Content-Type: text/plain;charset=UTF-8"};
#define POLLING_PATH "/ws/socket.io/?EIO=4&transport=polling"
#define PONG "3" /* which a server that has not asked does not mind */
#define CLOSE "1"

static char *read_session(const struct probe_answer *answer)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	const struct str *body = &answer->http.body;
	if (answer->end != PROBE_ANSWERED || answer->http.status != 200 || body->size < 2)
		return NULL;
	json_auto_t *object = json_loadb(str_text(body) + 1, body->size - 1, 0, NULL);
	const char *session = json_string_value(json_object_get(object, "sid"));
	size_t size = session ? strspn(session, letters) : 0;
	return size && size <= LARGEST_SESSION && !session[size] ? text_copy(session) : NULL;
}

/* All cookies go back, as a browser would send them: balancers know their people by one. */
static char *read_cookies(const struct probe_answer *answer)
{
	static const char name[] = "set-cookie:";
	AUTO(strings) struct strings cookies = {0};
	for (size_t i = 0; i < answer->http.headers.count; i++) {
		const char *header = answer->http.headers.items[i];
		if (strncasecmp(header, name, sizeof name - 1) != 0)
			continue;
		header += sizeof name - 1;
		header += strspn(header, " ");
		strings_add_taken(&cookies, text_copy_n(header, strcspn(header, ";")));
	}
	AUTO(memory) char *all = cookies.count ? strings_join(&cookies, "; ") : NULL;
	return all ? text_format("Cookie: %s", all) : NULL;
}

static void put_packet(struct front_looking *looking, const char *server, const char *address,
		       enum front_question question, size_t index, const char *packet)
{
	AUTO(memory) char *path = text_format(POLLING_PATH "&sid=%s", looking->session);
	const char *const headers[] = {packet_headers[0], looking->cookie, NULL};
	put_to(looking, server, question, index, path,
	       (struct probe_request){.address = address, .headers = headers, .body = packet, .body_size = 1});
}

static void begin_polling(struct front_looking *looking, const struct probe_answer *answer)
{
	looking->session = read_session(answer);
	looking->cookie = read_cookies(answer);
	if (!looking->session)
		return;
	looking->sticky = STICKY;
	make_room(looking, FRONT_STICKY, STICKY);
	for (size_t i = 0; i < STICKY; i++)
		put_packet(looking, looking->url, NULL, FRONT_STICKY, i, PONG);
}

/* Whichever replica has it. */
static void end_polling(struct front_looking *looking)
{
	const struct replicas *replicas = &looking->fleet->replicas;
	make_room(looking, FRONT_END, replicas->count);
	for (size_t i = 0; i < replicas->count; i++)
		put_packet(looking, replicas->items[i].url, replicas->items[i].address, FRONT_END, i, CLOSE);
}

/* ---- answers ---- */

static void take(void *state, struct probe_answer *answer)
{
	struct turn *turn = state;
	struct front_looking *looking = turn->looking;
	struct probe_answer *own = &looking->sight->answers[turn->question].items[turn->index];
	*own = *answer;
	*answer = (struct probe_answer){0};
	if (turn->question == FRONT_POLLING)
		begin_polling(looking, own);
	else if (turn->question == FRONT_STICKY && --looking->sticky == 0)
		end_polling(looking);
}

void front_look_answered(void *state, const struct replica *replica, enum question question)
{
	struct front_looking *looking = state;
	const struct fleet_sight *fleet = looking->fleet;
	json_t *features = json_object_get(replica->config, "features");
	bool front = replica == (fleet->guessed ? fleet->replicas.items : &fleet->front);
	if (!front)
		return;
	if (question == ASK_VERSION && replica->answers[ASK_VERSION].end == PROBE_UNTRUSTED)
		put_all(looking, FRONT_UNVERIFIED, 1, VERSION_PATH, (struct probe_request){.unverified = true});
	if (question == ASK_CONFIG && fleet->replicas.count > 1 &&
	    json_is_false(json_object_get(features, "enable_websocket")))
		put_all(looking, FRONT_POLLING, 1, POLLING_PATH, (struct probe_request){0});
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
	read_url(looking, url);
	if (!looking->fleet->guessed)
		find_addresses(looking);
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
