/* What the readers of accounts share; used by accounts_read.c and accounts_json.c alone. */
#ifndef PROVISION_ACCOUNTS_READ_H
#define PROVISION_ACCOUNTS_READ_H

#include "provision/accounts.h"

struct reader {
	struct accounts *accounts;
	FILE *input;
	const char *name;       /* of the input, for messages */
	struct strings left_out; /* columns that owctl's own lists have and a new account does not take over */
};

/* Whether the column is one of an account's (*taken), or one that is left out. ERR_INPUT for any other, with the
 * nearest one; `where` is the place: "people.csv", "people.json:12". */
fallible reader_column(struct reader *reader, const char *where, const char *column, bool *taken) MUST_CHECK;

/* Rows to the end of the input: an object a line, or an array of objects (accounts_json.c). Of an array no more than
 * one element is in memory beside the rows. */
fallible read_json_lines(struct reader *reader) MUST_CHECK;
fallible read_json_array(struct reader *reader) MUST_CHECK;

#endif
