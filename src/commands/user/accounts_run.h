/* The road that `user create` and `user import` share: check, hash, write, report. */
#ifndef COMMANDS_USER_ACCOUNTS_RUN_H
#define COMMANDS_USER_ACCOUNTS_RUN_H

#include "commands/user/user.h"
#include "provision/accounts.h"

/* Takes validated rows as far as the command line asks: with --dry-run to the check only. On return every row has its
 * final state; the change is recorded. ERR_INPUT, and nothing written, if rows are bad and not to be skipped: the
 * caller reports the rows first and returns this error then. So it does with an error that comes when `written_at` is
 * set: the accounts are there, and generated passwords are shown only once. */
fallible accounts_run(struct context *context, struct accounts *accounts, const struct accounts_options *options)
	MUST_CHECK;

/* Before hours of hashing, or before somebody types a password: would the database take the rows? ERR_INPUT if not.
 * Reads only; accounts_run looks again. */
fallible accounts_look(struct context *context, struct accounts *accounts, const struct accounts_options *options)
	MUST_CHECK;

#endif
