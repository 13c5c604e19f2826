#include "backup/slot_list.h"

void slot_list_add(struct str *slots, uint64_t *last, uint64_t slot, const unsigned char *tag)
{
	uint64_t more = slot - *last;
	*last = slot;
	for (; more >> 7; more >>= 7)
		str_add_char(slots, (char)(0x80 | (more & 0x7f)));
	str_add_char(slots, (char)more);
	if (tag)
		str_add_n(slots, (const char *)tag, CONTENT_TAG_SIZE);
}

struct slot_cursor slot_cursor_at(const struct str *slots, bool tagged)
{
	const unsigned char *at = (const unsigned char *)str_text(slots);
	return (struct slot_cursor){.at = at, .end = at + slots->size, .tagged = tagged};
}

static bool next_number(struct slot_cursor *cursor, uint64_t *number)
{
	*number = 0;
	for (unsigned bits = 0; cursor->at < cursor->end && bits < 64; bits += 7) {
		unsigned char byte = *cursor->at++;
		*number |= (uint64_t)(byte & 0x7f) << bits;
		if (byte < 0x80)
			return true;
	}
	return false;
}

bool slot_cursor_next(struct slot_cursor *cursor)
{
	uint64_t more;
	if (!next_number(cursor, &more))
		return false;
	cursor->slot += more;
	if (!cursor->tagged)
		return true;
	if (cursor->end - cursor->at < CONTENT_TAG_SIZE)
		return false;
	cursor->tag = cursor->at;
	cursor->at += CONTENT_TAG_SIZE;
	return true;
}
