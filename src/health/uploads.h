/* What the rows of `file` say of uploads, held against what lies there; and a probe that is written there. */
#ifndef HEALTH_UPLOADS_H
#define HEALTH_UPLOADS_H

#include "db/target.h"
#include "store/store.h"

/* Of many, those are looked at whose ids begin with digits that are drawn anew each time: a monitor runs it every
 * minute, and a bucket's list costs time and money. */
#define UPLOADS_MOST 5000

struct uploads_seen {
	bool compared;
	struct error *failure; /* why they could not be */
	int64_t rows;	 /* in the table */
	int64_t looked;	 /* of them looked at, whose blob this provider would have */
	int64_t missing; /* of these the ones without a blob */
	int64_t foreign; /* rows with the path of another provider */
	int64_t orphans; /* blobs without a row */
	uint64_t orphan_bytes;
	struct strings missing_names, foreign_paths, orphan_names; /* a few of them */
};
void uploads_seen_cleanup(struct uploads_seen *seen);

struct uploads_place {
	const struct db_target *database;
	struct store *store; /* NULL: it is not there, and nothing in it */
	const char *kind; /* what paths of this provider begin with: "s3://", "gs://", "http"; "": a folder's */
	int64_t now;	  /* seconds since 1970: what is of the last minute may be under way */
	int64_t timeout_s; /* of the database */
};
/* `failure` of what is seen, and no error, where the database or the store is at fault. */
void uploads_compare(const struct uploads_place *place, struct uploads_seen *seen);

/* An object that is written, read and removed again. */
struct probe_of_store {
	bool done, differs; /* it was tried; what was read is not what was written */
	const char *step;   /* "writing", where it failed; NULL: nowhere */
	struct error *failure;
	int64_t write_us, read_us;
};
#define PROBE_PREFIX "owctl-health-"
void uploads_probe(struct store *store, struct probe_of_store *probe);

#endif
