/* A session of polling (https://socket.io/docs/v4/engine-io-protocol/): begun, asked for, and ended. */
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "health/look/front_inner.h"

#define PONG "3" /* which a server that has not asked does not mind */
#define CLOSE "1"
#define STICKY 6 /* of requests to two replicas in turn, one in sixty-four would miss that they are lost */
#define LARGEST_SESSION 64

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
	AUTO(memory) char *path = text_format(FRONT_POLLING_PATH "&sid=%s", looking->session);
	const char *const headers[] = {"Content-Type: text/plain;charset=UTF-8", looking->cookie, NULL};
	front_put_to(looking, server, question, index, path,
	       (struct probe_request){.address = address, .headers = headers, .body = packet, .body_size = 1});
}

void front_polling_begin(struct front_looking *looking, const struct probe_answer *answer)
{
	looking->session = read_session(answer);
	looking->cookie = read_cookies(answer);
	if (!looking->session)
		return;
	looking->sticky = STICKY;
	front_make_room(looking, FRONT_STICKY, STICKY);
	for (size_t i = 0; i < STICKY; i++)
		put_packet(looking, looking->url, NULL, FRONT_STICKY, i, PONG);
}

/* Whichever replica has it. */
void front_polling_end(struct front_looking *looking)
{
	const struct replicas *replicas = &looking->fleet->replicas;
	front_make_room(looking, FRONT_END, replicas->count);
	for (size_t i = 0; i < replicas->count; i++)
		put_packet(looking, replicas->items[i].url, replicas->items[i].address, FRONT_END, i, CLOSE);
}
