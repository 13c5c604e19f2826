#include "health/look/deep_socket.h"

#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "health/look/ask.h"

#define LARGEST_MESSAGE ((size_t)1 << 20)

fallible deep_socket_say(struct websocket *socket, char *packet, int64_t deadline)
{
	AUTO(secret) char *text = packet;
	return websocket_send(socket, text, strlen(text), deadline);
}

fallible deep_socket_next(struct websocket *socket, int64_t deadline, struct socket_io_packet *packet, bool *got)
{
	const char *text = NULL;
	size_t size = 0;
	*got = false;
	TRY(websocket_receive(socket, &text, &size));
	*got = text != NULL;
	if (!text)
		return NULL;
	socket_io_read(text, size, packet);
	if (packet->kind == SOCKET_IO_PING)
		TRY(websocket_send(socket, SOCKET_IO_PONG, strlen(SOCKET_IO_PONG), deadline));
	return packet->kind == SOCKET_IO_REFUSED ? error_new(ERR_UNREACHABLE, "the server ended it") : NULL;
}

static fallible wait_for(struct websocket *socket, enum socket_io_kind kind, const char *name, int64_t deadline,
			 int64_t *ping_ms)
{
	for (bool there = false; !there;) {
		struct socket_io_packet packet = {0};
		bool got = false;
		struct error *error = deep_socket_next(socket, deadline, &packet, &got);
		there = got && packet.kind == kind && (!name || text_equal(socket_io_name(&packet), name));
		if (there && ping_ms)
			*ping_ms = packet.ping_ms;
		socket_io_packet_cleanup(&packet);
		if (!error)
			error = cancel_check();
		if (!error && !there && clock_monotonic_ms() >= deadline)
			error = error_new(ERR_UNREACHABLE, "it was opened, and then there was no answer");
		if (!error && !got)
			error = websockets_wait(&socket, 1, deadline);
		if (error)
			return error;
	}
	return NULL;
}

fallible deep_socket_wait_for(struct websocket *socket, enum socket_io_kind kind, const char *name, int64_t deadline)
{
	return wait_for(socket, kind, name, deadline, NULL);
}

fallible deep_socket_open(const struct deep_looking *looking, size_t place, int64_t deadline, int64_t *ping_ms,
			  struct websocket **socket)
{
	const struct replica *replica = looking->replicas[place];
	AUTO(memory) char *url = text_format("%s" ASK_SOCKET_PATH, replica->url);
	const struct websocket_options options = {
		.url = url, .address = replica->address, .origin = looking->options->origin, .most = LARGEST_MESSAGE};
	AUTO(websocket) struct websocket *opened = NULL;
	TRY(websocket_open(&options, deadline, &opened));
	TRY(wait_for(opened, SOCKET_IO_OPEN, NULL, deadline, ping_ms));
	*socket = opened;
	opened = NULL;
	return NULL;
}
