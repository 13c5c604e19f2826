#include "net/websocket_frame.h"

#include <stdint.h>
#include <string.h>

#include "base/random.h"

#define LAST 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define SIZE 0x7f
#define SIZE_IN_2 126 /* the size follows, in two bytes */
#define SIZE_IN_8 127
#define MASK_SIZE 4
#define LARGEST_CONTROL 125

static void add_number(struct str *out, uint64_t number, size_t bytes)
{
	while (bytes--)
		str_add_char(out, (char)(number >> (8 * bytes) & 0xff));
}

void websocket_frame_add(struct str *out, enum websocket_opcode opcode, const char *payload, size_t size)
{
	char mask[MASK_SIZE];
	random_bytes(mask, sizeof mask);
	str_add_char(out, (char)(LAST | (unsigned)opcode));
	if (size < SIZE_IN_2) {
		str_add_char(out, (char)(MASKED | size));
	} else {
		bool small = size <= UINT16_MAX;
		str_add_char(out, (char)(MASKED | (small ? SIZE_IN_2 : SIZE_IN_8)));
		add_number(out, size, small ? 2 : 8);
	}
	str_add_n(out, mask, sizeof mask);
	str_reserve(out, size);
	for (size_t i = 0; i < size; i++)
		str_add_char(out, (char)(payload[i] ^ mask[i % MASK_SIZE]));
}

void websocket_reader_cleanup(struct websocket_reader *reader)
{
	str_cleanup(&reader->bytes);
	str_cleanup(&reader->message);
}

void websocket_reader_feed(struct websocket_reader *reader, const char *bytes, size_t size)
{
	if (reader->read) { /* what is borrowed of it is not needed any more */
		memmove(reader->bytes.data, reader->bytes.data + reader->read, reader->bytes.size - reader->read);
		reader->bytes.size -= reader->read;
		reader->read = 0;
	}
	str_add_n(&reader->bytes, bytes, size);
}

struct frame {
	bool last;
	unsigned opcode;
	size_t head; /* bytes before the payload */
	uint64_t size;
};

/* False: its head is not there yet. */
static bool read_head(const unsigned char *bytes, size_t there, struct frame *frame)
{
	if (there < 2)
		return false;
	unsigned told = bytes[1] & SIZE;
	size_t more = told == SIZE_IN_2 ? 2 : told == SIZE_IN_8 ? 8 : 0;
	if (there < 2 + more)
		return false;
	*frame = (struct frame){
		.last = (bytes[0] & LAST) != 0, .opcode = bytes[0] & OPCODE, .head = 2 + more, .size = more ? 0 : told};
	for (size_t i = 0; i < more; i++)
		frame->size = frame->size << 8 | bytes[2 + i];
	return true;
}

/* Whether a server may send it now. It masks nothing, and agreed on no extension. */
static bool is_allowed(const struct websocket_reader *reader, const unsigned char *bytes, const struct frame *frame)
{
	if (bytes[0] & RESERVED || bytes[1] & MASKED)
		return false;
	switch (frame->opcode) {
	case WEBSOCKET_CONTINUES:
	case WEBSOCKET_TEXT:
	case WEBSOCKET_BINARY:
		return (frame->opcode == WEBSOCKET_CONTINUES) == reader->begun &&
		       frame->size <= reader->most - (reader->begun ? reader->message.size : 0);
	case WEBSOCKET_CLOSE:
	case WEBSOCKET_PING:
	case WEBSOCKET_PONG:
		return frame->last && frame->size <= LARGEST_CONTROL;
	default:
		return false;
	}
}

/* The next frame that is there whole, which is then read. */
static enum websocket_event take_frame(struct websocket_reader *reader, struct frame *frame, const char **payload)
{
	size_t there = reader->bytes.size - reader->read;
	const char *bytes = reader->bytes.data + reader->read;
	if (!there || !read_head((const unsigned char *)bytes, there, frame))
		return WEBSOCKET_WAITS;
	if (!is_allowed(reader, (const unsigned char *)bytes, frame))
		return WEBSOCKET_BREAKS;
	if (there - frame->head < frame->size)
		return WEBSOCKET_WAITS;
	*payload = bytes + frame->head;
	reader->read += frame->head + (size_t)frame->size;
	return WEBSOCKET_SAYS;
}

enum websocket_event websocket_reader_next(struct websocket_reader *reader, const char **payload, size_t *size)
{
	for (;;) {
		struct frame frame;
		const char *part = NULL;
		enum websocket_event event = take_frame(reader, &frame, &part);
		if (event != WEBSOCKET_SAYS)
			return event;
		*payload = part;
		*size = (size_t)frame.size;
		if (frame.opcode == WEBSOCKET_CLOSE)
			return WEBSOCKET_ENDS;
		if (frame.opcode == WEBSOCKET_PING)
			return WEBSOCKET_ASKS;
		if (frame.opcode == WEBSOCKET_PONG) /* nobody has asked, which is allowed */
			continue;
		if (!reader->begun)
			str_clear(&reader->message);
		str_add_n(&reader->message, part, (size_t)frame.size);
		reader->begun = !frame.last;
		if (frame.last) {
			*payload = str_text(&reader->message);
			*size = reader->message.size;
			return WEBSOCKET_SAYS;
		}
	}
}
