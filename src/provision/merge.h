/* Merging an account into another one: all that it owns becomes the other's, in one transaction, and then it is gone.
 *
 * Where a row of the other account is in the way (the same tag, group, reaction, grant, ..) that one stays and the row
 * of the account that goes is dropped. What is inside the row of "user" (settings, sign-in at an identity provider, ..)
 * is taken where the other has none. The other's role, password, name and address stay its own; credentials and sign-in
 * tokens go, as when an account is deleted. Files lie under their own ids: nothing moves on a disk.
 *
 * It goes by the tables and columns that are there, not by the revision: a database that is too old for the other
 * commands can be held up in its migration by two accounts of one address. */
#ifndef PROVISION_MERGE_H
#define PROVISION_MERGE_H

#include "openwebui/users.h"

enum merge_outcome {
	MERGE_MOVES,    /* is the other account's */
	MERGE_IS_THERE, /* the other has the same: dropped */
	MERGE_CHANGES,  /* names the other account inside */
	MERGE_IS_LOST,  /* the other has its own, which stays */
	MERGE_GOES,     /* deleted with the account */
	MERGE_REMAINS,  /* in a column that owctl does not know: untouched */
};

struct merge_step {
	char *kind;  /* "chats" */
	char *table; /* "chat" */
	int64_t rows;
	enum merge_outcome outcome;
};

struct merge_plan {
	struct user from, into;       /* id, email, name, role and created_at alone */
	struct merge_step *steps; /* what there is to say, in a fixed order */
	size_t count, room;
	int64_t memories;            /* that move; their vectors do not */
	struct merge_places *places; /* what the run and the check go by; merge_parts.h */
	struct merge_documents *documents;
	struct merge_profile *profile;
};
void merge_plan_cleanup(struct merge_plan *plan);

/* Looks for both accounts, by id (which always works) or address, and for all that belongs to the first. ERR_INPUT
 * where one is not there or may be one of several (the hint has their ids), or both are the same; ERR_PERMISSION or
 * ERR_FAILED as user_check_spared for the first. */
fallible merge_plan(struct installation *installation, const char *from, const char *into, struct merge_plan *plan)
	MUST_CHECK;

/* Carries the plan out inside the open write transaction; the caller commits. ERR_FAILED if the database does less than
 * was planned. `now` in seconds. */
fallible merge_run(struct installation *installation, const struct merge_plan *plan, int64_t now) MUST_CHECK;

/* Afterwards: whether anything names the account still, or has not reached the other. *fault (to be freed, or NULL)
 * says what. */
fallible merge_check(struct installation *installation, const struct merge_plan *plan, char **fault) MUST_CHECK;

#endif
