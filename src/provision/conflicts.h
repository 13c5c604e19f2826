/* Accounts that are in each other's way, or in their own: what Open WebUI takes for unique and the database does not
 * keep so, and the two rows of an account that do not fit. */
#ifndef PROVISION_CONFLICTS_H
#define PROVISION_CONFLICTS_H

#include "provision/known_columns.h"

enum conflict_kind {
	CONFLICT_ADDRESS,         /* one address, as the database's own lower() sees it */
	CONFLICT_ADDRESS_UNICODE, /* one address, as Unicode sees it, and not the database */
	CONFLICT_OAUTH,           /* one subject of an identity provider */
	CONFLICT_API_KEY,
	CONFLICT_NO_ACCOUNT,     /* a row of auth without one of "user" */
	CONFLICT_NO_CREDENTIALS, /* and the other way round */
	CONFLICT_SIGN_IN_ADDRESS, /* auth has another address than "user" */
	CONFLICT_KINDS
};

/* Columns of conflicts_select. Rows of one key are one conflict, and follow each other; a key may be a secret. */
enum {
	CONFLICT_KEY, CONFLICT_ID, CONFLICT_EMAIL, CONFLICT_NAME, CONFLICT_ROLE, CONFLICT_CREATED_AT,
	CONFLICT_LAST_ACTIVE_AT, CONFLICT_HAS_PASSWORD, CONFLICT_CHATS, CONFLICT_FILES, CONFLICT_OTHERS,
};

/* Streams those of one kind, on a database of any age. */
fallible conflicts_select(struct installation *installation, const struct known_columns *columns,
			  enum conflict_kind kind, struct db_rows **rows) MUST_CHECK;

#endif
