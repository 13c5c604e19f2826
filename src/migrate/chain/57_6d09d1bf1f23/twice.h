/* JSON that was encoded twice: a string that holds it. */
#ifndef MIGRATE_CHAIN_TWICE_H
#define MIGRATE_CHAIN_TWICE_H

#include "db/db.h"

enum twice {
	TWICE_NOT,
	TWICE_NOTHING, /* a string that holds null, or nothing at all */
	TWICE_OBJECT,  /* a string that holds an object */
};
/* Adds the object to `decoded`. */
enum twice twice_decode(struct db_value cell, struct str *decoded);

#endif
