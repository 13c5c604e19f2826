/* The object that makes a snapshot: docs/backup-format.md, "snapshots/ID.json". */
#ifndef BACKUP_RECORD_H
#define BACKUP_RECORD_H

#include "backup/place.h"
#include "backup/repository.h"
#include "base/clock.h"

#define SNAPSHOT_ID_SIZE 26 /* "20261129T110155Z-1a2b3c4d" and NUL */
#define RECORD_TIME_SIZE 16 /* what of it is the time */

/* An object of the store, as it has to be there. */
struct object_seal {
	uint64_t size;
	unsigned char hash[DIGEST_SIZE];
};

struct pack_seal {
	char id[PACK_ID_SIZE];
	struct object_seal object;
};

/* What the index of a snapshot tells of: the rows of the main database, those of the vectors', files. */
enum index_part { INDEX_ROWS, INDEX_VECTORS, INDEX_FILES, INDEX_PARTS };

struct record {
	char snapshot[SNAPSHOT_ID_SIZE];
	int64_t time;
	char *label;
	struct strings tags;
	char *owctl;
	bool complete;
	uint64_t missing, rows, files, bytes;
	struct object_seal manifest;
	struct object_seal index; /* its size 0: there is none */
	bool index_has[INDEX_PARTS];
	struct pack_seal *packs;
	size_t pack_count;
	uint64_t added; /* of one that was just made: bytes that the store has more; it says nothing of it */
};
void record_cleanup(struct record *record);

void record_new_id(int64_t time, char id[static SNAPSHOT_ID_SIZE]);
bool record_is_id(const char *text);
bool record_is_after(const char *id, int64_t time); /* whether it saw the database later, by its ID */

uint64_t record_stored(const struct record *record); /* bytes of all objects that it needs */
void record_add_pack(struct record *record, const struct pack_seal *pack); /* unless it is there already */

/* Writes it: the snapshot is there. `key`: of repository_key. */
fallible record_write(const struct repository *repository, const struct record *record,
		      const unsigned char key[static DIGEST_SIZE]) MUST_CHECK;

/* Reads the record of a snapshot. `key`: NULL where nobody knows the recipients; else ERR_INPUT unless it was written
 * by somebody who does. ERR_INPUT if it is none, or is damaged. */
fallible record_read(const struct repository *repository, const char *snapshot, const unsigned char *key,
		     struct record *record) MUST_CHECK;

/* The same of an object's bytes; messages do not name it. */
fallible record_parse(const struct str *text, const char *snapshot, const unsigned char *key, struct record *record)
	MUST_CHECK;

/* The IDs of all snapshots, oldest first. */
fallible record_list(const struct repository *repository, struct strings *snapshots) MUST_CHECK;

#endif
