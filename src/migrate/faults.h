/* Broken states of a database: what a migration of upstream leaves that was killed, aborted or stamped past, and what a
 * release's own bug did to rows. Each kind is a file in migrate/faults/. Mending one makes of it what an undisturbed
 * migration has, or brings the database back to where `owctl migrate up` goes on. */
#ifndef MIGRATE_FAULTS_H
#define MIGRATE_FAULTS_H

#include "migrate/catalogue.h"
#include "migrate/work.h"

struct fault_kind;

struct fault {
	const struct fault_kind *kind;
	char *subject; /* what tells it from others of its kind, for `mend`: a table, a revision; or NULL */
	char *what;    /* "the table \"chat\" still has old_chat: 12 texts that chat lacks" */
	char *mending; /* what is done about it: "is dropped"; or what to do, if it can only be mended by hand */
	bool by_hand;
	int64_t rows; /* that it is about; 0: it is not about rows, or they are not counted */
};

struct faults {
	struct installation *installation;
	const struct fault_kind *kind; /* the one that is looked for right now */
	struct trace *trace; /* what the chain makes, for the kinds (faults/trace.h); NULL until one has asked */
	struct catalogue live; /* for faults_live */
	bool has_live;
	struct fault *items;
	size_t count, room;
};
void faults_cleanup(struct faults *faults);

/* Adds one of faults->kind, whose `what` the format tells; the texts are copied. */
struct fault_about {
	const char *subject, *mending;
	bool by_hand;
	int64_t rows;
};
void faults_add(struct faults *faults, struct fault_about about, const char *format, ...) PRINTF(3, 4);

/* What the database's catalogue says: read once, by the open transaction, and kept in `faults`. */
fallible faults_live(struct faults *faults, const struct catalogue **live) MUST_CHECK;

struct fault_kind {
	const char *name;    /* stable, for programs: "old-chat" */
	const char *summary; /* for the manual, without a full stop */
	bool by_catalogue;   /* found from the catalogue and what is recorded alone; else rows are read */
	bool harmless;       /* servers run with it, and nobody is kept from migrating */
	bool takes_rows;     /* mending deletes them: only those that were told before it was asked for */
	/* In a transaction, which it leaves as it is. Memory does not depend on the number of rows. */
	fallible (*find)(struct faults *faults);
	/* In a write transaction, which it may commit between pages of a pass: what it has done by then is found no
	 * more. NULL: all of this kind are by hand. */
	fallible (*mend)(struct work *work, const struct fault *fault);
};

/* In an order in which mending one after the other works; ends with NULL. */
extern const struct fault_kind *const fault_kinds[];

const struct fault_kind *fault_kind_find(const char *name); /* NULL: there is none */

/* What is broken, by the open transaction. Where several revisions are recorded, that is all that can be told; an empty
 * database, or one at a revision that owctl does not know, has no faults. FAULTS_OF_CATALOGUE: the kinds that are found
 * without looking at rows, in a moment. */
enum faults_of { FAULTS_OF_CATALOGUE, FAULTS_ALL };
fallible faults_find(struct installation *installation, enum faults_of which, struct faults *faults) MUST_CHECK;
/* Of one kind. ERR_FAILED where the database is at a later revision than it records, and that is not in `faults` yet.
 */
fallible faults_find_kind(struct installation *installation, const struct fault_kind *kind, struct faults *faults)
	MUST_CHECK;

/* Mends one that is not by hand, outside of a transaction, in one or more of its own; what is recorded is read
 * again. After an error the database is as it was, or partly mended, which *changed tells: finding goes by what is
 * there. */
fallible fault_mend(struct installation *installation, const struct fault *fault, const struct manner *manner,
		    bool *changed) MUST_CHECK;

/* ERR_FAILED that names what of the catalogue is broken and points to `owctl migrate repair`; NULL where nothing is. */
fallible faults_refuse(struct installation *installation) MUST_CHECK;

#endif
