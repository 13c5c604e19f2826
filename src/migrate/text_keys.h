/* The keys that passes (work.h) read as texts. SQLite takes anything for one: a BLOB, or a text with a NUL in it, would
 * be another text from then on, and what is made of such a row would belong to nothing. */
#ifndef MIGRATE_TEXT_KEYS_H
#define MIGRATE_TEXT_KEYS_H

#include "migrate/blockers.h"

/* Adds the rows whose key is no such text, where a revision after `from` up to `to` has a pass over them. */
fallible text_keys_find_blockers(struct blockers *blockers, const struct revision *from, const struct revision *to)
	MUST_CHECK;

#endif
