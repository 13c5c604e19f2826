/* Where the bytes of a member of a pack are: docs/backup-format.md, "Packs and manifests". */
#ifndef BACKUP_PLACE_H
#define BACKUP_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "crypto/digest.h"

#define PACK_ID_SIZE 33 /* 32 digits and NUL */

struct place {
	char pack[PACK_ID_SIZE];
	uint64_t offset, size; /* of the member's data, in the plain tar archive */
	unsigned char hash[DIGEST_SIZE];
	bool compressed;
};

void place_new_pack(char id[static PACK_ID_SIZE]);

void place_add_text(struct str *out, const struct place *place);
/* Reads all of `text`; false if it is none. */
bool place_parse(const char *text, struct place *place);

#endif
