/* In which slots the lines of a segment were (db/slots.h), and what they had: docs/backup-format.md, "NAME.slots.zst".
 *
 * A slot is its difference to the one before, in 7 bits a byte, the lowest first, of which all but the last have the
 * highest bit set. Where the engine does not tell which rows changed, a tag follows (crypto/content_tag.h). */
#ifndef BACKUP_SLOT_LIST_H
#define BACKUP_SLOT_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "crypto/content_tag.h"

/* Appends one. *last: the slot before, 0 at first. `tag`: NULL where there are none. */
void slot_list_add(struct str *slots, uint64_t *last, uint64_t slot, const unsigned char *tag);

struct slot_cursor {
	const unsigned char *at, *end;
	bool tagged;
	uint64_t slot;
	const unsigned char *tag; /* NULL where there are none */
};
struct slot_cursor slot_cursor_at(const struct str *slots, bool tagged);
/* False at the end, and where the list is damaged, which then has fewer slots than it should. */
bool slot_cursor_next(struct slot_cursor *cursor);

#endif
