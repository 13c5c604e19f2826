/* What a server may send down a websocket: any bytes, cut anywhere. Frames become messages that are no longer than was
 * asked for, the same ones however they were cut, and messages become packets. The first byte says where they are. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "health/look/socket_io.h"
#include "net/websocket_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4096

static void read_packet(const char *text, size_t size)
{
	struct socket_io_packet packet;
	socket_io_read(text, size, &packet);
	assert((packet.kind == SOCKET_IO_EVENT) == (packet.event != NULL));
	assert(packet.ping_ms >= 0 && packet.ping_ms <= SOCKET_IO_MOST_PING_MS);
	assert(packet.event ? *socket_io_name(&packet) || json_is_string(json_array_get(packet.event, 0))
			    : !*socket_io_name(&packet) && !socket_io_argument(&packet));
	socket_io_packet_cleanup(&packet);
}

/* All that comes of what was fed; false: nothing more is to be read. */
static bool read_on(struct websocket_reader *reader, struct str *told)
{
	for (;;) {
		const char *payload = NULL;
		size_t size = 0;
		enum websocket_event event = websocket_reader_next(reader, &payload, &size);
		if (event == WEBSOCKET_WAITS)
			return true;
		str_add_format(told, "%d:", (int)event);
		if (event == WEBSOCKET_BREAKS || event == WEBSOCKET_ENDS)
			return false;
		assert(size <= MOST);
		str_add_n(told, payload, size);
		AUTO(memory) char *copy = text_copy_n(payload, size); /* so that reading beyond it is seen */
		read_packet(copy, size);
	}
}

static void read_all(const char *bytes, size_t size, size_t piece, struct str *told)
{
	struct websocket_reader reader = {.most = MOST};
	bool goes_on = true;
	for (size_t at = 0; goes_on && at < size; at += piece) {
		websocket_reader_feed(&reader, bytes + at, size - at < piece ? size - at : piece);
		goes_on = read_on(&reader, told);
	}
	websocket_reader_cleanup(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(str) struct str once = {0}, again = {0};
	if (size < 2)
		return 0;
	read_all((const char *)data + 1, size - 1, size, &once);
	read_all((const char *)data + 1, size - 1, data[0] % 64 + 1U, &again);
	assert(once.size == again.size && !memcmp(str_text(&once), str_text(&again), once.size));
	return 0;
}
