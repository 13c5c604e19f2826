/* Which revision makes which table, column and index, as the text of the chain tells, beside what the database
 * has. */
#ifndef MIGRATE_FAULTS_TRACE_H
#define MIGRATE_FAULTS_TRACE_H

#include "migrate/catalogue.h"
#include "migrate/faults.h"

enum object_kind { OBJECT_TABLE, OBJECT_COLUMN, OBJECT_INDEX };

struct object {
	enum object_kind kind;
	char *table, *name; /* of a table both are its name */
	int since, until;   /* ordinals: made by that one, gone with this one (0: stays) */
};

struct trace {
	struct object *objects; /* of the whole chain */
	size_t count, room;
	int ahead; /* ordinal of the last revision whose work stands although an earlier one is recorded (trace_ahead);
		    * 0: there is none */
	int takes; /* ordinal of the last revision that may have taken things away: `ahead`, or the one that owctl was
		    * cut off in */
	const struct catalogue *live; /* borrowed from the faults */
};
void trace_free(struct trace *trace);

/* That of the database; kept in `faults`, borrowed. */
fallible trace_of(struct faults *faults, const struct trace **trace) MUST_CHECK;

/* Fills `trace`, which starts as {0}, with what there is on SQLite in the end of each revision. */
void trace_chain(struct trace *trace);

/* The last revision of which all tables, columns and indexes are as it leaves them, and those of the revisions between
 * it and the recorded one. Not the very next one, which may have been begun, and one only that makes any. 0: none. */
int trace_ahead(const struct trace *trace, int recorded);

/* Whether the database has a table (`column` NULL), or a column of it, by the same look at its catalogue. */
fallible trace_has(struct faults *faults, const char *table, const char *column, bool *has) MUST_CHECK;

bool trace_is_there(const struct trace *trace, const struct object *object);

/* Whether the revision of this ordinal has made it, and it should be there. */
static inline bool trace_expects(const struct trace *trace, const struct object *object, int ordinal)
{
	return object->since == ordinal && (!object->until || object->until > trace->takes);
}

/* "chat.timer_at", "the table app", "the index ix_message_app". */
void object_add_name(struct strings *list, const struct object *object);

/* The first few of the names, and how many more there are. To be freed. */
char *names_shown(const struct strings *names) MUST_CHECK;

#endif
