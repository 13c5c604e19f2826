/* Making a snapshot: what the database has at one moment, then every file that it names. */
#ifndef BACKUP_CREATE_H
#define BACKUP_CREATE_H

#include "backup/manifest.h"
#include "backup/rows.h"
#include "base/progress.h"
#include "openwebui/installation.h"

/* All borrowed. */
struct snapshot_request {
	const struct repository *repository;
	const struct age_recipients *recipients;
	const struct installation *installation;
	/* Their DB_READ transactions are the moments. Main's is the installation's own; of another one that has the
	 * vectors it began after that, so that there are those of what main names. Its db is NULL where there is
	 * none. */
	struct rows_source databases[DATABASES];
	struct store *uploads, *vectors; /* NULL: there are none */
	const char *vectors_folder; /* where the vectors are */
	bool read_all; /* also rows and files that are as they were in an earlier snapshot */
	int compression; /* a compressor's level; 0: what suits the engine */
	const char *label;
	const struct strings *tags;
	struct progress *progress; /* gets the bytes that are read, and how many they will be; NULL: nobody waits */
	json_t *settings; /* what the snapshot is to say of them */
	const char *secrets; /* keys of Open WebUI's for who can open it, as lines of an env file; NULL: none */
};

/* Makes a snapshot. It is complete unless record->missing, which `missing` then names: files that the database has and
 * that are not there. On error there is no snapshot; packs that were written stay for the next prune. */
fallible snapshot_create(const struct snapshot_request *request, struct record *record, struct strings *missing)
	MUST_CHECK;

#endif
