/* Frames of a websocket by the examples of RFC 6455 (5.7), and those that a server may not send; packets of Socket.IO
 * as Open WebUI 0.12.4 sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "health/look/socket_io.h"
#include "net/websocket_frame.h"

#define FEED(reader, bytes) websocket_reader_feed(reader, bytes, sizeof(bytes) - 1)

static enum websocket_event next(struct websocket_reader *reader, const char *expected)
{
	const char *payload = NULL;
	size_t size = 0;
	enum websocket_event event = websocket_reader_next(reader, &payload, &size);
	if (expected) {
		assert_int_equal(size, strlen(expected));
		assert_memory_equal(payload, expected, size);
	}
	return event;
}

static void test_what_a_server_sends(void **state)
{
	(void)state;
	struct websocket_reader reader = {.most = 300};
	FEED(&reader, "\x81\x05Hello\x01\x03Hel");
	assert_int_equal(next(&reader, "Hello"), WEBSOCKET_SAYS);
	assert_int_equal(next(&reader, NULL), WEBSOCKET_WAITS);
	FEED(&reader, "\x89\x05Hello\x80\x02lo\x8a\x00"); /* a ping in the midst, and a pong that nobody wanted */
	assert_int_equal(next(&reader, "Hello"), WEBSOCKET_ASKS);
	assert_int_equal(next(&reader, "Hello"), WEBSOCKET_SAYS);
	assert_int_equal(next(&reader, NULL), WEBSOCKET_WAITS);
	FEED(&reader, "\x82\x7e\x01\x00");
	char large[257] = {0};
	memset(large, 'a', sizeof large - 1);
	websocket_reader_feed(&reader, large, 100);
	assert_int_equal(next(&reader, NULL), WEBSOCKET_WAITS);
	websocket_reader_feed(&reader, large, 156);
	assert_int_equal(next(&reader, large), WEBSOCKET_SAYS);
	FEED(&reader, "\x88\x02\x03\xe8");
	assert_int_equal(next(&reader, "\x03\xe8"), WEBSOCKET_ENDS);
	websocket_reader_cleanup(&reader);
}

static void test_what_a_server_may_not_send(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} wrong[] = {
		{"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11}, /* masked */
		{"\xc1\x01"
		 "a", 3}, /* of an extension */
		{"\x80\x01"
		 "a", 3}, /* goes on with nothing */
		{"\x01\x01"
		 "a\x81\x01"
		 "b", 6}, /* begins anew in the midst */
		{"\x09\x00", 2}, /* a ping in parts */
		{"\x89\x7e\x00\x7e", 4}, /* a ping that is too long */
		{"\x83\x00", 2}, /* of no kind */
		{"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10},
		{"\x81\x7e\x01\x2d", 4}, /* 301 bytes, of which none has come */
	};
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct websocket_reader reader = {.most = 300};
		websocket_reader_feed(&reader, wrong[i].bytes, wrong[i].size);
		assert_int_equal(next(&reader, NULL), WEBSOCKET_BREAKS);
		websocket_reader_cleanup(&reader);
	}
}

/* Masked, and whole: whoever takes the mask off again has what was sent. */
static void test_what_a_client_sends(void **state)
{
	static const size_t sizes[] = {0, 5, 125, 126, 65535, 65536};
	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTO(memory) char *text = mem_new(sizes[i] + 1, 1);
		memset(text, 'x', sizes[i]);
		AUTO(str) struct str frame = {0};
		websocket_frame_add(&frame, WEBSOCKET_TEXT, text, sizes[i]);
		const unsigned char *bytes = (const unsigned char *)frame.data;
		size_t head = sizes[i] < 126 ? 2 : sizes[i] < 65536 ? 4 : 10;
		assert_int_equal(frame.size, head + 4 + sizes[i]);
		assert_int_equal(bytes[0], 0x81);
		assert_int_equal(bytes[1], 0x80 | (head == 2 ? sizes[i] : head == 4 ? 126 : 127));
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(bytes[head + 4 + j] ^ bytes[head + j % 4], 'x');
	}
}

static void test_packets(void **state)
{
	static const struct {
		const char *text;
		enum socket_io_kind kind;
		const char *name;
		int64_t ping_ms;
	} packets[] = {
		{"0{\"sid\":\"a\",\"pingTimeout\":20000,\"pingInterval\":25000}", SOCKET_IO_OPEN, "", 25000},
		{"0{\"pingInterval\":86400001}", SOCKET_IO_OPEN, "", 0},
		{"0{\"pingInterval\":-1}", SOCKET_IO_OPEN, "", 0},
		{"0", SOCKET_IO_OPEN, "", 0},
		{"2", SOCKET_IO_PING, "", 0},
		{"40{\"sid\":\"b\"}", SOCKET_IO_CONNECTED, "", 0},
		{"42[\"events\",{\"data\":1}]", SOCKET_IO_EVENT, "events", 0},
		{"4217[\"events\"]", SOCKET_IO_EVENT, "events", 0},
		{"42[1]", SOCKET_IO_OTHER, "", 0},
		{"42[", SOCKET_IO_OTHER, "", 0},
		{"430[{}]", SOCKET_IO_OTHER, "", 0},
		{"44{\"message\":\"Unable to connect\"}", SOCKET_IO_REFUSED, "", 0},
		{"41", SOCKET_IO_REFUSED, "", 0},
		{"", SOCKET_IO_OTHER, "", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct socket_io_packet packet;
		socket_io_read(packets[i].text, strlen(packets[i].text), &packet);
		assert_int_equal(packet.kind, packets[i].kind);
		assert_string_equal(socket_io_name(&packet), packets[i].name);
		assert_int_equal(packet.ping_ms, packets[i].ping_ms);
		socket_io_packet_cleanup(&packet);
	}
	AUTO(memory) char *connect = socket_io_connect("a.b.c");
	assert_string_equal(connect, "40{\"token\":\"a.b.c\"}");
	AUTO(memory) char *event = socket_io_event("x", json_pack("{s:i}", "y", 1));
	assert_string_equal(event, "42[\"x\",{\"y\":1}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_a_server_sends),
					   cmocka_unit_test(test_what_a_server_may_not_send),
					   cmocka_unit_test(test_what_a_client_sends), cmocka_unit_test(test_packets)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
