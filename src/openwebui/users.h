/* Accounts as the database keeps them: a row of "user" and one of "auth" with the same id. Reading only, and the small
 * changes of one account; making and removing accounts is provision/'s job, and what their fields may hold stands in
 * account_rules.h. All inside the open transaction. */
#ifndef OPENWEBUI_USERS_H
#define OPENWEBUI_USERS_H

#include "openwebui/installation.h"

struct user {
	char *id, *email, *name, *role, *username;
	int64_t last_active_at, created_at, updated_at; /* seconds; 0 when unknown */
	bool active; /* auth.active */
	bool has_password;
	bool signs_in_elsewhere; /* user.oauth names a provider */
	char *auth_email; /* the address as auth has it, where old releases look; NULL without such a row */
};
void user_cleanup(struct user *user);

/* Finds an account by mail address in any letter case, or by id. ERR_INPUT when there is none, or when several accounts
 * differ only by letter case (the hint names them), or when its id is NULL, which nothing can refer to. */
fallible user_find(struct installation *installation, const char *who, struct user *user) MUST_CHECK;
/* Finds many by few statements; `users` has room for as many as are named, and holds no more than was found so far when
 * it fails. */
fallible users_find(struct installation *installation, const struct strings *who, struct user *users) MUST_CHECK;

/* The account that Open WebUI takes for the primary administrator: the oldest. `*id` is NULL when there is no account;
 * to be freed. */
fallible user_primary(struct installation *installation, char **id) MUST_CHECK;

/* Before an account loses the role admin, or goes: ERR_PERMISSION if it is the oldest one, ERR_FAILED if it is the only
 * administrator, whatever its age. */
fallible user_check_spared(struct installation *installation, const struct user *user) MUST_CHECK;

/* The stored hash of an account, to be released with secret_free; NULL when it has none. */
fallible user_password_hash(struct installation *installation, const char *id, char **hash) MUST_CHECK;

struct user_filter {
	const struct strings *roles; /* any of these; empty or NULL: all */
	int64_t active_since;        /* last_active_at at or after; 0: all */
	int64_t inactive_since;      /* last_active_at before; 0: all */
	const char *search;          /* in address or name, any letter case */
	const char *group;           /* id of a group: direct members */
	const char *sort;            /* one of user_sorts; NULL: created */
	bool reverse;
	int64_t limit; /* 0: all */
};
extern const char *const user_sorts[]; /* "created", "email", "name", "role", "active", NULL */

/* Columns of users_select, in this order; the last two only with USERS_FOR_EXPORT: the stored hash, and the groups of
 * which the account is a direct member, in order of name: each its id, GROUP_ID_END and its name, which is empty where
 * it names several groups; GROUPS_SEPARATOR between them. */
#define GROUP_ID_END '\x1e'
#define GROUPS_SEPARATOR '\x1f'
enum {
	USER_ID, USER_EMAIL, USER_NAME, USER_ROLE, USER_LAST_ACTIVE_AT, USER_CREATED_AT, USER_UPDATED_AT,
	USER_PASSWORD, USER_GROUPS,
};
/* By the names that lists print: what the installation gives an account itself, and import therefore leaves out of such
 * a list. Whoever adds a column here and to a list adds it there, or to account_columns of provision/accounts.h. */
extern const char *const user_given_columns[]; /* "id", "last_active_at", "created_at", "updated_at", NULL */
enum users_selection { USERS_FOR_LIST, USERS_FOR_EXPORT };

/* Streams accounts. */
fallible users_select(struct installation *installation, const struct user_filter *filter,
		      enum users_selection selection, struct db_rows **rows) MUST_CHECK;

/* The names of the groups that an account is a direct member of, in order of name. */
fallible user_groups(struct installation *installation, const char *id, struct strings *names) MUST_CHECK;

/* ERR_INPUT if another account has the (normalized) address; nobody has NULL. */
fallible user_check_email_unused(struct installation *installation, const char *id, const char *email) MUST_CHECK;

/* Changes what is not NULL; updated_at becomes now. `email` must be in lower case and free (ERR_INPUT else). ERR_FAILED
 * if the database takes a change without an error and without making it, as far as its count of rows tells. */
struct user_change {
	const char *email, *name, *role, *username;
};
fallible user_update(struct installation *installation, const char *id, const struct user_change *change, int64_t now)
	MUST_CHECK;

/* Stores a new hash and, where the release has them, a new session stamp, which ends every session. Open sign-in
 * challenges of multi-factor sign-in are dropped with it, the factor itself stays. */
fallible user_set_password(struct installation *installation, const char *id, const char *hash) MUST_CHECK;

#endif
