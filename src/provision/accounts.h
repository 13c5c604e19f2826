/* Accounts on their way into the database: read from a file or a command line, checked, hashed, written. One account
 * or a hundred thousand take the same road.
 *
 *     accounts_read     rows as they were given
 *     accounts_validate what they tell by themselves: defaults, faults, duplicates
 *     accounts_check    what only the database can tell: addresses that are taken, groups that are not there
 *     accounts_hash     passwords into hashes, on all cores; no transaction is open meanwhile
 *     accounts_write    one transaction: groups, users, credentials, memberships
 *     accounts_seen     whether the database shows them, before the commit and from a new transaction after it
 *
 * All rows are in memory at once (about 300 bytes each): whether any row is bad decides whether any is written. */
#ifndef PROVISION_ACCOUNTS_H
#define PROVISION_ACCOUNTS_H

#include <stdio.h>

#include "base/random.h"
#include "crypto/password.h"
#include "openwebui/installation.h"
#include "openwebui/password_rules.h"

enum account_state {
	ACCOUNT_NEW,    /* to be made */
	ACCOUNT_EXISTS, /* there already, and --if-missing leaves it alone */
	ACCOUNT_BAD,    /* refused; `fault` says why */
};

struct account {
	int64_t line; /* where it came from; 0: the command line */
	int64_t record; /* which element of its array it is, from 1, where several are on the line; else 0 */
	enum account_state state;
	char id[UUID_TEXT_SIZE]; /* of the new account, or of the one that has the address; "" before */
	char *email;             /* normalized */
	char *name, *role;        /* of an existing account its own, NULL where it has none */
	char *password;           /* in clear, until it is hashed, or longer if it was generated; wiped when freed */
	bool generated;           /* the password was */
	char *hash;               /* NULL: no password, sign-in by other means only */
	struct strings groups;    /* as given: names or ids */
	bool unsplit; /* they came as texts without a semicolon: is a comma in one part of a name, or between two? */
	struct strings group_ids; /* once resolved */
	char *fault, *hint; /* why it is ACCOUNT_BAD, and what to do about it */
};

struct accounts {
	struct account *items;
	size_t count, room;
	int64_t written_at; /* the created_at of all new rows once they are written, 0 before */
	bool refused;       /* bad rows, and nothing is written for them: accounts_refuse_bad said so */
	bool generate; /* rows without password and hash get a generated one, kept in `password` for the report */
};
void accounts_cleanup(struct accounts *accounts);

/* A new empty row at the end; valid until the next call. */
struct account *accounts_add(struct accounts *accounts, int64_t line);

/* Marks a row as bad; the first fault stays. `hint`: what would be right. */
void account_refuse(struct account *account, const char *hint, const char *format, ...) PRINTF(3, 4);

size_t accounts_count(const struct accounts *accounts, enum account_state state);

/* ---- reading (accounts_read.c) ---- */

enum accounts_format { ACCOUNTS_GUESS, ACCOUNTS_CSV, ACCOUNTS_JSON, ACCOUNTS_JSONL };

/* Reads rows to the end of `input`, named `name` in messages. CSV (RFC 4180; comma, semicolon or tab, as the header
 * shows) with a header line, a JSON array of objects, or one JSON object a line; columns email, name, role, password,
 * password_hash, groups in any order and letter case, as Open WebUI's own import form has them too. Groups are
 * separated by semicolons, or a JSON list. The user_given_columns of owctl's own lists are left out, which a note says.
 * ERR_INPUT for what makes the whole file unusable: no header, an unknown or repeated column, a quote or bracket that
 * never ends, a NUL byte in CSV. */
fallible accounts_read(struct accounts *accounts, FILE *input, const char *name, enum accounts_format format)
	MUST_CHECK;

/* Sets one field of a row by its column's name (accounts.c), for readers and `user create`. False: there is none. */
bool account_set(struct account *account, const char *column, const char *value);
extern const char *const account_columns[]; /* NULL-terminated */

/* ---- the rows by themselves (accounts_validate.c) ---- */

/* Fills in defaults (role, name from the address) and finds faults in the rows themselves, duplicates among them.
 * ERR_SETTINGS where a password is to be generated and none fits the rules. */
fallible accounts_validate(struct accounts *accounts, const char *default_role, const struct password_rules *rules)
	MUST_CHECK;

/* The rows with an address, in order of it; *count of them; `good`: without those that are refused already, whose
 * address may be no text that a database takes. To be freed. */
struct account **accounts_sorted(const struct accounts *accounts, bool good, size_t *count) MUST_CHECK;

/* ---- what only the database can tell (accounts_check.c) ---- */

struct accounts_options {
	bool if_missing;    /* an address that is taken makes ACCOUNT_EXISTS instead of a fault */
	bool create_groups; /* unknown groups are made instead of being a fault */
	enum password_algorithm algorithm; /* what passwords are going to be hashed with */
	bool skip_bad;      /* bad rows do not keep the good ones from being written */
	const struct strings *groups; /* every new account joins these as well; NULL: none */
};

/* Inside a transaction of `installation`: finds addresses that are taken, resolves groups, and adds the one that the
 * installation puts every new account into. `missing_groups` gets the names of those that accounts_write is to make.
 * ERR_INPUT for a group of the options that can't be joined. */
fallible accounts_check(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, struct strings *missing_groups) MUST_CHECK;

/* ---- writing ---- */

/* A new row with a password that accounts_hash has not hashed yet. */
bool account_needs_hashing(const struct account *account);

/* Hashes the passwords of all new rows (accounts_hash.c), telling how far it is. */
fallible accounts_hash(struct accounts *accounts, enum password_algorithm algorithm) MUST_CHECK;

/* Inside the open DB_WRITE transaction, which the caller commits: checks once more, makes missing groups, writes all
 * new rows with `now` as their time (accounts_write.c). ERR_INPUT, and nothing written, if the second check found bad
 * rows that are not to be skipped. `made_groups` gets the names of the groups that it made. */
fallible accounts_write(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, int64_t now, struct strings *made_groups) MUST_CHECK;

/* With `written_at` set: looks whether the new rows are there as they were to be written, with both halves of an
 * account and all memberships (accounts_seen.c). *fault (to be freed, or NULL) says what is missing. */
fallible accounts_seen(const struct accounts *accounts, struct installation *installation, char **fault) MUST_CHECK;

/* ERR_INPUT, and `refused` is set, if there are bad rows; the text says how many. */
fallible accounts_refuse_bad(struct accounts *accounts) MUST_CHECK;

#endif
