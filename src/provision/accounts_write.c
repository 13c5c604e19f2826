#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "openwebui/groups.h"
#include "openwebui/schema.h"
#include "provision/accounts.h"

/* What Open WebUI's own form stores for an account without a picture. */
#define DEFAULT_PICTURE "/user.png"

fallible accounts_refuse_bad(struct accounts *accounts)
{
	size_t bad = accounts_count(accounts, ACCOUNT_BAD);
	if (!bad)
		return NULL;
	accounts->refused = true;
	const struct account *only = &accounts->items[0];
	if (accounts->count == 1) {
		struct error *error = error_new(ERR_INPUT, "%s%s%s", only->email ? only->email : "",
						only->email ? ": " : "", only->fault);
		return only->hint ? error_hint(error, "%s", only->hint) : error;
	}
	return error_hint(error_new(ERR_INPUT, "%zu of %zu rows are bad; nothing was written", bad, accounts->count),
			  "mend them, or write the good ones with --skip-bad");
}

static fallible took(const char *what, int64_t rows, size_t expected)
{
	return rows == (int64_t)expected
		       ? NULL
		       : error_hint(error_new(ERR_FAILED,
					      "the database took %lld %s instead of %zu; nothing was written",
					      (long long)rows, what, expected),
				    "%s", swallowed_hint);
}

static fallible create_groups(struct accounts *accounts, struct installation *installation,
			      const struct accounts_options *options, const struct strings *missing, int64_t now)
{
	for (size_t i = 0; i < missing->count; i++) {
		AUTO(memory) char *id = NULL;
		TRY(group_create(installation, missing->items[i], "", now, &id));
	}
	AUTO(strings) struct strings swallowed = {0};
	if (missing->count)
		TRY(accounts_check(accounts, installation, options, &swallowed));
	return took("groups", (int64_t)(missing->count - swallowed.count), missing->count);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Random ids, handed out in ascending order: the indexes are filled from left to right, and a list in order of
 * creation, where accounts of one second are in order of id, follows the file. */
static void assign_ids(struct accounts *accounts)
{
	size_t count = accounts_count(accounts, ACCOUNT_NEW), next = 0;
	AUTO(memory) char(*ids)[UUID_TEXT_SIZE] = mem_new(count, sizeof *ids);
	for (size_t i = 0; i < count; i++)
		random_uuid(ids[i]);
	qsort(ids, count, sizeof *ids, by_text);
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW)
			memcpy(accounts->items[i].id, ids[next++], sizeof *ids);
}

static fallible load_users(struct accounts *accounts, struct installation *installation, int64_t now, int64_t *rows)
{
	static const char *const columns[] = {"id",   "email",          "name",       "role",
					      "profile_image_url", "last_active_at", "created_at", "updated_at"};
	AUTO(db_load) struct db_load *load = NULL;
	TRY(db_load_begin(installation->db, "user", columns, COUNT(columns), &load));
	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *account = &accounts->items[i];
		if (account->state != ACCOUNT_NEW)
			continue;
		struct db_value values[] = {db_text(account->id),     db_text(account->email), db_text(account->name),
					    db_text(account->role),   db_text(DEFAULT_PICTURE), db_integer(now),
					    db_integer(now),          db_integer(now)};
		TRY(db_load_row(load, values));
	}
	return db_load_end(&load, rows);
}

/* An account without a password gets an empty one, which no release takes for a match. */
static fallible load_credentials(struct accounts *accounts, struct installation *installation, int64_t *rows)
{
	static const char *const columns[] = {"id", "email", "password", "active", "session_stamp"};
	bool stamps = schema_has(installation->read_as, "auth", "session_stamp");
	AUTO(db_load) struct db_load *load = NULL;
	TRY(db_load_begin(installation->db, "auth", columns, stamps ? 5 : 4, &load));
	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *account = &accounts->items[i];
		if (account->state != ACCOUNT_NEW)
			continue;
		char stamp[UUID_TEXT_SIZE];
		random_uuid(stamp);
		struct db_value values[] = {db_text(account->id), db_text(account->email),
					    db_text(account->hash ? account->hash : ""), db_integer(1), db_text(stamp)};
		TRY(db_load_row(load, values));
	}
	return db_load_end(&load, rows);
}

static fallible load_memberships(struct accounts *accounts, struct installation *installation, int64_t now,
				 int64_t *rows)
{
	static const char *const columns[] = {"id", "group_id", "user_id", "created_at", "updated_at"};
	AUTO(db_load) struct db_load *load = NULL;
	TRY(db_load_begin(installation->db, "group_member", columns, COUNT(columns), &load));
	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *account = &accounts->items[i];
		for (size_t g = 0; account->state == ACCOUNT_NEW && g < account->group_ids.count; g++) {
			char id[UUID_TEXT_SIZE];
			random_uuid(id);
			struct db_value values[] = {db_text(id), db_text(account->group_ids.items[g]),
						    db_text(account->id), db_integer(now), db_integer(now)};
			TRY(db_load_row(load, values));
		}
	}
	return db_load_end(&load, rows);
}

static size_t count_memberships(const struct accounts *accounts)
{
	size_t count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		count += accounts->items[i].state == ACCOUNT_NEW ? accounts->items[i].group_ids.count : 0;
	return count;
}

/* updated_at of every group that got members, as Open WebUI sets it. */
static fallible touch_groups(struct accounts *accounts, struct installation *installation, int64_t now)
{
	AUTO(strings) struct strings touched = {0};
	for (size_t i = 0; i < accounts->count; i++)
		for (size_t g = 0; g < accounts->items[i].group_ids.count; g++)
			if (!strings_have(&touched, accounts->items[i].group_ids.items[g]))
				strings_add(&touched, accounts->items[i].group_ids.items[g]);
	for (size_t i = 0; i < touched.count; i++)
		TRY(group_touch(installation, touched.items[i], now));
	return NULL;
}

fallible accounts_write(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, int64_t now, struct strings *made_groups)
{
	int64_t rows;
	TRY(accounts_check(accounts, installation, options, made_groups));
	if (!options->skip_bad)
		TRY(accounts_refuse_bad(accounts));
	TRY(create_groups(accounts, installation, options, made_groups, now));
	assign_ids(accounts);
	accounts->written_at = now;
	size_t expected = accounts_count(accounts, ACCOUNT_NEW), memberships = count_memberships(accounts);
	TRY(load_users(accounts, installation, now, &rows));
	TRY(took("users", rows, expected));
	TRY(load_credentials(accounts, installation, &rows));
	TRY(took("credentials", rows, expected));
	if (!memberships)
		return NULL;
	TRY(load_memberships(accounts, installation, now, &rows));
	TRY(took("memberships", rows, memberships));
	return touch_groups(accounts, installation, now);
}
