#include "health/look/socket_io.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"

/* In the order of what is longer first: "42" is no "4". */
static const struct {
	const char *begin;
	enum socket_io_kind kind;
} kinds[] = {
	{"40", SOCKET_IO_CONNECTED}, {"41", SOCKET_IO_REFUSED}, {"42", SOCKET_IO_EVENT}, {"44", SOCKET_IO_REFUSED},
	{"0", SOCKET_IO_OPEN},	     {"1", SOCKET_IO_REFUSED},	{"2", SOCKET_IO_PING},
};

void socket_io_packet_cleanup(struct socket_io_packet *packet)
{
	json_decref(packet->event);
	*packet = (struct socket_io_packet){0};
}

/* Behind a number, which is that of an acknowledgement that is asked for. */
static json_t *read_event(const char *text, size_t size)
{
	size_t at = 2;
	while (at < size && text[at] >= '0' && text[at] <= '9')
		at++;
	json_t *event = json_loadb(text + at, size - at, 0, NULL);
	if (json_is_string(json_array_get(event, 0)))
		return event;
	json_decref(event);
	return NULL;
}

static int64_t read_ping(const char *text, size_t size)
{
	json_auto_t *opened = json_loadb(text + 1, size - 1, 0, NULL);
	json_int_t ms = json_integer_value(json_object_get(opened, "pingInterval"));
	return ms > 0 && ms <= SOCKET_IO_MOST_PING_MS ? ms : 0;
}

void socket_io_read(const char *text, size_t size, struct socket_io_packet *packet)
{
	*packet = (struct socket_io_packet){0};
	for (size_t i = 0; i < COUNT(kinds) && packet->kind == SOCKET_IO_OTHER; i++)
		if (size >= strlen(kinds[i].begin) && !memcmp(text, kinds[i].begin, strlen(kinds[i].begin)))
			packet->kind = kinds[i].kind;
	if (packet->kind == SOCKET_IO_OPEN)
		packet->ping_ms = read_ping(text, size);
	if (packet->kind != SOCKET_IO_EVENT)
		return;
	packet->event = read_event(text, size);
	if (!packet->event)
		packet->kind = SOCKET_IO_OTHER;
}

const char *socket_io_name(const struct socket_io_packet *packet)
{
	const char *name = json_string_value(json_array_get(packet->event, 0));
	return name ? name : "";
}

const json_t *socket_io_argument(const struct socket_io_packet *packet)
{
	return json_array_get(packet->event, 1);
}

static char *packet_of(const char *begin, json_t *value)
{
	AUTO(secret) char *text = json_dumps(value, JSON_COMPACT);
	json_decref(value);
	return text_format("%s%s", begin, text ? text : "");
}

char *socket_io_connect(const char *token)
{
	json_t *value = json_string(token), *auth = json_pack("{s:O}", "token", value);
	char *packet = packet_of("40", auth);
	if (value)
		mem_wipe((char *)(uintptr_t)json_string_value(value), json_string_length(value));
	json_decref(value);
	return packet;
}

char *socket_io_event(const char *name, json_t *argument)
{
	return packet_of("42", json_pack("[s, o]", name, argument));
}
