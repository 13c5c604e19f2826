/* A JSON object as a line, and a line with its MAC: docs/backup-format.md, "snapshots/ID.json". */
#ifndef BACKUP_SEALED_LINE_H
#define BACKUP_SEALED_LINE_H

#include <jansson.h>

#include "base/str.h"
#include "base/error.h"
#include "crypto/digest.h"

/* Adds both. */
void sealed_line_add(struct str *text, const json_t *json, const unsigned char key[static DIGEST_SIZE]);

/* The object of both. `key`: NULL where nobody knows it; else ERR_INPUT unless the MAC was made with it. ERR_INPUT for
 * what is no such thing, too. */
fallible sealed_line_read(const struct str *text, const unsigned char *key, json_t **json) MUST_CHECK;

#endif
