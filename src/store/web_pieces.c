#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/web.h"

#define FIRST_ROOM ((size_t)64 << 10)

void store_pieces_cleanup(struct store_pieces *pieces)
{
	free(pieces->buffer);
	*pieces = (struct store_pieces){0};
}

static void keep(struct store_pieces *pieces, const char *bytes, size_t size)
{
	if (pieces->size + size > pieces->room) {
		size_t room = pieces->room ? pieces->room : FIRST_ROOM;
		while (room < pieces->size + size)
			room *= 2;
		pieces->buffer = mem_resize(pieces->buffer, room, 1);
		pieces->room = room;
	}
	memcpy(pieces->buffer + pieces->size, bytes, size);
	pieces->size += size;
}

fallible store_pieces_write(struct store_pieces *pieces, const struct store_piecewise *by, const char *bytes,
			    size_t size)
{
	while (size) {
		size_t whole = by->piece_size(by->state), room = whole - pieces->size;
		if (!pieces->size && size > whole) {
			TRY(by->send(by->state, bytes, whole));
			bytes += whole;
			size -= whole;
			continue;
		}
		if (!room) {
			TRY(by->send(by->state, pieces->buffer, pieces->size));
			pieces->size = 0;
			continue;
		}
		size_t take = size < room ? size : room;
		keep(pieces, bytes, take);
		bytes += take;
		size -= take;
	}
	return NULL;
}
