/* Whether an event of one replica gets to people at every other one. At each a websocket is opened, signed in, and put
 * into one room: that of a document which nobody has, called owctl-health-.. . Then each tells the others where its
 * cursor is, by an event that the server hands on and keeps nothing of. With the last one that leaves, the room goes.
 *
 * Tried on 0.10.2 and 0.12.4 (socket/main.py):
 *     40{"token"}                                             no answer tells whether it was taken
 *     42["ydoc:document:join", {"document_id", ..}]           42["ydoc:document:state", ..], if it was
 *     42["ydoc:awareness:update", {"document_id", "update"}]  the same at all others in the room */
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "health/look/deep_silence.h"
#include "health/look/deep_socket.h"
#include "health/uploads.h"

#define JOIN_MS 3000  /* for one replica to let one in */
#define HEAR_MS 2000  /* for an event to get to all others */
#define AGAIN_MS 1000 /* what is not there by then is sent once more */
#define MOST_MESSAGES 256

struct room {
	struct deep_looking *looking;
	char *name;
	struct websocket **sockets; /* by place; NULL: it is not in the room */
	size_t count;		    /* of replicas */
	int64_t until; /* all are to be in: some time has to be left for what is told then */
};

/* ---- getting in ---- */

static fallible say_join(const struct room *room, struct websocket *socket, int64_t deadline)
{
	json_t *document = json_pack("{s:s, s:s, s:s, s:s}", "document_id", room->name, "user_id", room->name,
				     "user_name", "owctl", "user_color", "#000000");
	return deep_socket_say(socket, socket_io_event("ydoc:document:join", document), deadline);
}

static fallible enter(struct room *room, size_t at)
{
	const struct deep_looking *looking = room->looking;
	int64_t deadline = clock_monotonic_ms() + JOIN_MS;
	deadline = deadline < room->until ? deadline : room->until;
	AUTO(websocket) struct websocket *socket = NULL;
	TRY(deep_socket_open(looking, at, deadline, NULL, &socket));
	TRY(deep_socket_say(socket, socket_io_connect(looking->tokens[at]), deadline));
	TRY(deep_socket_wait_for(socket, SOCKET_IO_CONNECTED, NULL, deadline));
	TRY(say_join(room, socket, deadline));
	TRY(deep_socket_wait_for(socket, SOCKET_IO_EVENT, "ydoc:document:state", deadline));
	room->sockets[at] = socket;
	socket = NULL;
	return NULL;
}

/* Where websockets are switched off, people have another way to be told. */
static bool has_websockets(const struct deep_looking *looking, size_t at)
{
	const json_t *features = json_object_get(looking->replicas[at]->config, "features");
	return deep_is_in(looking, at) && !json_is_false(json_object_get(features, "enable_websocket"));
}

static fallible try_to_enter(struct room *room, size_t at)
{
	int64_t began = clock_monotonic_us();
	struct error *error = began / 1000 < room->until
				      ? enter(room, at)
				      : error_new(ERR_UNREACHABLE, "there was no time left to try it");
	if (error && error->code == ERR_INTERRUPTED)
		return error;
	char *why = deep_reason(error);
	room->looking->sight->places[at].socket = (struct deep_try){.standing = why ? DEEP_UNKNOWN : DEEP_WORKS,
								    .us = clock_monotonic_us() - began,
								    .why = why};
	return NULL;
}

/* One after the other: at the door of a room a server has all others wait, by a lock in Redis. */
static fallible enter_all(struct room *room)
{
	for (size_t i = 0; i < room->count; i++) {
		deep_silence_look(room->looking);
		if (has_websockets(room->looking, i))
			TRY(try_to_enter(room, i));
	}
	return NULL;
}

/* ---- telling, and hearing ---- */

static void lose(struct room *room, size_t at, struct error *error)
{
	struct deep_try *one = &room->looking->sight->places[at].socket;
	*one = (struct deep_try){.standing = DEEP_UNKNOWN, .why = deep_reason(error)};
	websocket_close(room->sockets[at]);
	room->sockets[at] = NULL;
}

static bool *heard(const struct room *room, size_t from, size_t to)
{
	return &room->looking->sight->heard[from * room->looking->sight->count + to];
}

/* Whether all who are there have heard of `from`. */
static bool all_have_heard(const struct room *room, size_t from)
{
	for (size_t i = 0; i < room->count; i++)
		if (i != from && room->sockets[i] && !*heard(room, from, i))
			return false;
	return true;
}

static bool is_over(const struct room *room)
{
	for (size_t i = 0; i < room->count; i++)
		if (room->sockets[i] && !all_have_heard(room, i))
			return false;
	return true;
}

static void tell(struct room *room)
{
	int64_t deadline = clock_monotonic_ms() + HEAR_MS;
	for (size_t i = 0; i < room->count; i++) {
		if (!room->sockets[i] || all_have_heard(room, i))
			continue;
		json_t *cursor = json_pack("{s:s, s:[I]}", "document_id", room->name, "update", (json_int_t)i);
		char *packet = socket_io_event("ydoc:awareness:update", cursor);
		struct error *error = deep_socket_say(room->sockets[i], packet, deadline);
		if (error)
			lose(room, i, error);
	}
}

static void take_event(struct room *room, size_t at, const struct socket_io_packet *packet)
{
	const json_t *cursor = socket_io_argument(packet);
	const json_t *number = json_array_get(json_object_get(cursor, "update"), 0);
	json_int_t from = json_is_integer(number) ? json_integer_value(number) : -1;
	bool ours = text_equal(socket_io_name(packet), "ydoc:awareness:update") &&
		    text_equal(json_string_value(json_object_get(cursor, "document_id")), room->name);
	if (ours && from >= 0 && (size_t)from < room->count)
		*heard(room, (size_t)from, at) = true;
}

/* Of one that sends without end so many at a time: the others want to be heard as well. */
static void listen_at(struct room *room, size_t at)
{
	bool got = room->sockets[at] != NULL;
	for (int messages = 0; got && messages < MOST_MESSAGES; messages++) {
		struct socket_io_packet packet = {0};
		struct error *error =
			deep_socket_next(room->sockets[at], clock_monotonic_ms() + HEAR_MS, &packet, &got);
		if (!error && got)
			take_event(room, at, &packet);
		socket_io_packet_cleanup(&packet);
		if (error) {
			lose(room, at, error);
			got = false;
		}
	}
}

/* That nobody was heard of in less time tells nothing of them. */
static void give_up(struct room *room)
{
	free(room->looking->sight->heard);
	room->looking->sight->heard = NULL;
	room->looking->sight->out_of_time = true;
}

static fallible listen_to_all(struct room *room)
{
	int64_t began = clock_monotonic_ms(), full = began + HEAR_MS;
	int64_t end = full < room->looking->deadline_ms ? full : room->looking->deadline_ms;
	bool again = false;
	tell(room);
	for (;;) {
		for (size_t i = 0; i < room->count; i++)
			listen_at(room, i);
		deep_silence_look(room->looking);
		int64_t now = clock_monotonic_ms(), next = again ? end : began + AGAIN_MS;
		bool over = is_over(room);
		if (!over && now >= end && end < full)
			give_up(room);
		if (over || now >= end)
			return cancel_check();
		if (!again && now >= next) {
			again = true;
			tell(room);
			continue;
		}
		TRY(websockets_wait(room->sockets, room->count, next < end ? next : end));
	}
}

/* ---- all of it ---- */

static void leave(struct room *room)
{
	int64_t deadline = clock_monotonic_ms() + AGAIN_MS;
	for (size_t i = 0; i < room->count; i++) {
		if (room->sockets[i])
			error_ignore(websocket_send(room->sockets[i], SOCKET_IO_LEAVE, strlen(SOCKET_IO_LEAVE),
						    deadline));
		websocket_close(room->sockets[i]);
	}
	free(room->sockets);
	free(room->name);
}

/* Events are told after it, and then a model is asked. */
static int64_t time_to_be_in(const struct deep_looking *looking)
{
	int64_t now = clock_monotonic_ms();
	return now + (looking->deadline_ms - now) / 2;
}

fallible deep_events(struct deep_looking *looking)
{
	struct deep_sight *sight = looking->sight;
	size_t count = deep_replicas(looking), in = 0;
	char uuid[UUID_TEXT_SIZE];
	for (size_t i = 0; i < count; i++)
		in += has_websockets(looking, i);
	if (in < 2 || health_account_has_key(looking->options->account) || !look_wants(looking->look, "OW216"))
		return NULL;
	random_uuid(uuid);
	struct room room = {.looking = looking,
			    .name = text_format(PROBE_PREFIX "%s", uuid),
			    .sockets = mem_new(count + 1, sizeof(struct websocket *)),
			    .count = count,
			    .until = time_to_be_in(looking)};
	sight->heard = mem_new(sight->count * sight->count + 1, sizeof *sight->heard);
	struct error *error = enter_all(&room);
	if (!error)
		error = listen_to_all(&room);
	leave(&room);
	return error;
}
