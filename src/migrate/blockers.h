/* What keeps a database from being migrated: found before anything is changed, each named with its remedy. */
#ifndef MIGRATE_BLOCKERS_H
#define MIGRATE_BLOCKERS_H

#include "openwebui/installation.h"

struct blocker {
	const struct revision *revision; /* that could not be applied */
	char *what;                      /* "two accounts have the address a@b.c: 1f3.., 77a.." */
	char *remedy;                    /* what to do about it */
};

struct blockers {
	struct installation *installation;
	const struct revision *revision; /* the one that is asked right now */
	struct blocker *items;
	size_t count, room;
};
void blockers_cleanup(struct blockers *blockers);

/* Adds one against blockers->revision. `remedy` is borrowed; the format says what is in the way. */
void blockers_add(struct blockers *blockers, const char *remedy, const char *format, ...) PRINTF(3, 4);

/* Asks every revision after `from` up to `to`. */
fallible blockers_find(struct installation *installation, const struct revision *from, const struct revision *to,
		       struct blockers *blockers) MUST_CHECK;

/* What to do about all of them, each remedy once. To be freed. */
char *blockers_remedies(const struct blockers *blockers);

/* ERR_FAILED that names all of them, or NULL when there is none. */
fallible blockers_error(const struct blockers *blockers) MUST_CHECK;

#endif
