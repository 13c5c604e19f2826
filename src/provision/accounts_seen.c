/* Whether accounts that were written are there: their rows are held against what was to be written, one by one. The
 * rows of the database stream past ours, so that memory does not grow with them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sorted.h"
#include "provision/accounts.h"

/* One of ours, and what was seen of it. */
struct sight {
	const struct account *account;
	bool seen;
	size_t memberships;
};

struct sights {
	struct sight *items; /* in order of id */
	size_t count;
};

static void sights_cleanup(struct sights *sights)
{
	free(sights->items);
}

static const char *id_of(const void *item)
{
	return ((const struct sight *)item)->account->id;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(id_of(a), id_of(b));
}

static struct sights sights_of(const struct accounts *accounts)
{
	struct sights sights = {.items = mem_new(accounts->count, sizeof *sights.items)};
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW)
			sights.items[sights.count++].account = &accounts->items[i];
	qsort(sights.items, sights.count, sizeof *sights.items, by_id);
	return sights;
}

static struct sight *sight_of(const struct sights *sights, const char *id)
{
	size_t i = id ? sorted_place(sights->items, sights->count, sizeof *sights->items, id_of, id) : sights->count;
	return i < sights->count && !strcmp(id_of(&sights->items[i]), id) ? &sights->items[i] : NULL;
}

static bool matches(const struct account *account, const struct db_rows *rows)
{
	return text_equal(db_cell_text(rows, 1), account->email) && text_equal(db_cell_text(rows, 2), account->name) &&
	       text_equal(db_cell_text(rows, 3), account->role) && text_equal(db_cell_text(rows, 4), account->email) &&
	       text_equal(db_cell_text(rows, 5), account->hash ? account->hash : "");
}

static fallible look_at_accounts(struct installation *installation, int64_t written_at, struct sights *sights)
{
	struct db_value parameter = db_integer(written_at);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db,
		     "select u.id, u.email, u.name, u.role, a.email, a.password from \"user\" u join auth a"
		     " on a.id = u.id where u.created_at = $1",
		     &parameter, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		struct sight *sight = sight_of(sights, db_cell_text(rows, 0));
		if (sight)
			sight->seen = matches(sight->account, rows);
	}
	return error;
}

static fallible look_at_memberships(struct installation *installation, int64_t written_at, struct sights *sights)
{
	struct db_value parameter = db_integer(written_at);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, "select user_id, group_id from group_member where created_at = $1", &parameter,
		     1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		struct sight *sight = sight_of(sights, db_cell_text(rows, 0));
		const char *group = db_cell_text(rows, 1);
		if (sight && group)
			sight->memberships += strings_have(&sight->account->group_ids, group);
	}
	return error;
}

static bool any_memberships(const struct sights *sights)
{
	for (size_t i = 0; i < sights->count; i++)
		if (sights->items[i].account->group_ids.count)
			return true;
	return false;
}

fallible accounts_seen(const struct accounts *accounts, struct installation *installation, char **fault)
{
	AUTO(sights) struct sights sights = sights_of(accounts);
	TRY(look_at_accounts(installation, accounts->written_at, &sights));
	if (any_memberships(&sights))
		TRY(look_at_memberships(installation, accounts->written_at, &sights));
	size_t missing = 0;
	const struct account *first = NULL;
	for (size_t i = 0; i < sights.count; i++) {
		const struct sight *sight = &sights.items[i];
		if (sight->seen && sight->memberships == sight->account->group_ids.count)
			continue;
		missing++;
		first = first && first->line <= sight->account->line ? first : sight->account;
	}
	if (missing == 1)
		*fault = text_format("the account %s does not read back as it was written", first->email);
	else if (missing)
		*fault = text_format("%zu of %zu accounts, the first %s, do not read back as they were written",
				     missing, sights.count, first->email);
	return NULL;
}
