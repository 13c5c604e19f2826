/* Deleting an account, as Open WebUI itself does it, but saying first what goes and what stays. */
#ifndef PROVISION_REMOVAL_H
#define PROVISION_REMOVAL_H

#include "openwebui/schema.h"
#include "openwebui/users.h"

#define MOST_POSSESSIONS 64

struct removal_plan {
	struct user user;
	struct {
		const struct possession *kind;
		int64_t rows;
	} items[MOST_POSSESSIONS]; /* kinds with rows only */
	size_t count;
	int64_t accounts; /* rows of "user" with its id: 1, and none once it is gone */
	int64_t grants;   /* grants that name the account; they go with it */
};
void removal_plan_cleanup(struct removal_plan *plan);

/* Counts what belongs to the account. ERR_PERMISSION for the primary administrator,
 * ERR_FAILED for the only one. */
fallible removal_plan(struct installation *installation, const char *who, struct removal_plan *plan) MUST_CHECK;

/* Carries the plan out inside the open write transaction; the caller commits. */
fallible removal_run(struct installation *installation, const struct removal_plan *plan) MUST_CHECK;

/* Afterwards: whether the account is there still, or anything that was to go with it. *fault (to be freed, or NULL)
 * says what. */
fallible removal_check(struct installation *installation, const struct removal_plan *plan, char **fault) MUST_CHECK;

#endif
