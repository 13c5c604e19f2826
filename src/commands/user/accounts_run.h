/* The road that `user create` and `user import` share: check, hash, write, report. */
#ifndef COMMANDS_USER_ACCOUNTS_RUN_H
#define COMMANDS_USER_ACCOUNTS_RUN_H

#include "commands/user/user.h"
#include "provision/accounts.h"

/* What to do with validated rows. */
struct accounts_job {
	struct accounts *accounts;
	struct accounts_options options;
	fallible (*print)(struct context *context, const void *accounts); /* as of struct change */
	const char *look;
};

/* Takes the rows as far as the command line asks: with --dry-run to the check only. On return every row has its final
 * state, the change is recorded, and the outcome printed: also when the error comes after the commit, since generated
 * passwords are shown only once. An error before it has printed nothing; ERR_INPUT with accounts->refused is about the
 * rows, which the caller may then print. */
fallible accounts_run(struct context *context, const struct accounts_job *job) MUST_CHECK;

/* Before hours of hashing, or before somebody types a password: would the database take the rows? ERR_INPUT if not.
 * Reads only; accounts_run looks again. */
fallible accounts_look(struct context *context, const struct accounts_job *job) MUST_CHECK;

#endif
