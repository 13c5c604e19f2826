/* What a chat's JSON holds of its messages, as places in its text. */
#ifndef MIGRATE_CHAIN_SCAN_H
#define MIGRATE_CHAIN_SCAN_H

#include "base/json_scan.h"
#include "message.h"

enum { TIMESTAMP = MESSAGE_COLUMNS, FIELDS }; /* what is no column of its own */

struct raw {
	const char *text; /* NULL: it is not there */
	size_t size;
	enum json_kind kind;
};

struct message {
	struct raw key; /* without its quotes */
	struct raw fields[FIELDS];
};

struct reading {
	struct message *messages;
	size_t count, room;
	struct str inner; /* the document's text, where it stands in a string of its own */
	int field;        /* of the value that comes next */
	struct raw string;
};
void reading_cleanup(struct reading *reading);

/* Messages are those whose key.kind is an object. Of a key that stands twice the last value counts, in the place of the
 * first. What is no JSON has none. The places are in `text`, or in reading->inner. */
void reading_scan(struct reading *reading, const char *text, size_t size);

#endif
