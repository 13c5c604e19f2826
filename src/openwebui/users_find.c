/* Finding accounts as people name them: by mail address in any letter case, or by id. */
#include <string.h>

#include "base/memory.h"
#include "openwebui/account_rules.h"
#include "openwebui/users.h"

/* Accounts in one statement, with two parameters each. */
#define BATCH 250

#define ACCOUNT                                                                                                   \
	"select u.id, u.email, u.name, u.role, u.username, u.last_active_at, u.created_at, u.updated_at,"        \
	" case when a.active then 1 else 0 end, case when coalesce(a.password, '') <> '' then 1 else 0 end,"     \
	" case when coalesce(cast(u.oauth as text), 'null') not in ('null', '', '{}') then 1 else 0 end,"       \
	" a.email, lower(u.email) from \"user\" u left join auth a on a.id = u.id"
#define LOWER_EMAIL 12

void user_cleanup(struct user *user)
{
	free(user->id);
	free(user->email);
	free(user->name);
	free(user->role);
	free(user->username);
	free(user->auth_email);
	*user = (struct user){0};
}

static void read_account(const struct db_rows *rows, struct user *user)
{
	user_cleanup(user);
	user->id = text_copy(db_cell_text(rows, 0));
	user->email = text_copy(db_cell_text(rows, 1));
	user->name = text_copy(db_cell_text(rows, 2));
	user->role = text_copy(db_cell_text(rows, 3));
	user->username = text_copy(db_cell_text(rows, 4));
	user->last_active_at = db_cell_integer(rows, 5);
	user->created_at = db_cell_integer(rows, 6);
	user->updated_at = db_cell_integer(rows, 7);
	user->active = db_cell_integer(rows, 8);
	user->has_password = db_cell_integer(rows, 9);
	user->signs_in_elsewhere = db_cell_integer(rows, 10);
	user->auth_email = text_copy(db_cell_text(rows, 11));
}

/* Some of the accounts that are looked for. */
struct wanted {
	const char *const *who; /* as typed */
	struct strings emails;  /* the same, normalized */
	struct user *users;
	struct strings *found; /* of each: what it may be, for the message that it is ambiguous */
	size_t count;
};

static struct wanted wanted_begin(const char *const *who, struct user *users, size_t count)
{
	struct wanted wanted = {.who = who, .users = users, .count = count};
	for (size_t i = 0; i < count; i++)
		strings_add_taken(&wanted.emails, email_normalize(who[i]));
	wanted.found = mem_new(count, sizeof *wanted.found);
	return wanted;
}

static void wanted_cleanup(struct wanted *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		strings_cleanup(&wanted->found[i]);
	free(wanted->found);
	strings_cleanup(&wanted->emails);
}

static fallible query(struct installation *installation, const struct wanted *wanted, struct db_rows **rows)
{
	struct db_value parameters[2 * BATCH];
	AUTO(str) struct str emails = {0}, ids = {0};
	for (size_t i = 0; i < wanted->count; i++) {
		parameters[2 * i] = db_text(wanted->emails.items[i]);
		parameters[2 * i + 1] = db_text(wanted->who[i]);
		str_add_format(&emails, "%s$%zu", i ? ", " : "", 2 * i + 1);
		str_add_format(&ids, "%s$%zu", i ? ", " : "", 2 * i + 2);
	}
	AUTO(memory) char *sql = text_format(ACCOUNT " where lower(u.email) in (%s) or u.id in (%s)"
						     " order by u.created_at, u.id",
					     str_text(&emails), str_text(&ids));
	return db_query(installation->db, sql, parameters, 2 * wanted->count, rows);
}

static void take_row(const struct db_rows *rows, struct wanted *wanted)
{
	const char *id = db_cell_text(rows, 0), *email = db_cell_text(rows, LOWER_EMAIL);
	for (size_t i = 0; i < wanted->count; i++) {
		if (!text_equal(email, wanted->emails.items[i]) && !text_equal(id, wanted->who[i]))
			continue;
		read_account(rows, &wanted->users[i]);
		strings_add_taken(&wanted->found[i],
				  text_format("%s (%s)", id ? id : "without an id",
					      wanted->users[i].email ? wanted->users[i].email : "-"));
	}
}

static fallible check_one(const char *who, const struct strings *found, struct user *user)
{
	if (!found->count)
		return error_hint(error_new(ERR_INPUT, "there is no account %s", who),
				  "`owctl user list --search TEXT` finds accounts");
	if (found->count > 1) {
		user_cleanup(user);
		AUTO(memory) char *list = strings_join(found, ", ");
		return error_hint(error_new(ERR_INPUT, "%zu accounts have the address %s in some letter case",
					    found->count, who),
				  "name one by its id: %s", list);
	}
	return user->id ? NULL
			: error_hint(error_new(ERR_INPUT, "the account %s has no id", who),
				     "Open WebUI can't refer to it either; remove its row in the table \"user\" by "
				     "hand");
}

static fallible find_batch(struct installation *installation, struct wanted *wanted)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(query(installation, wanted, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		take_row(rows, wanted);
	TRY(error);
	for (size_t i = 0; i < wanted->count; i++)
		TRY(check_one(wanted->who[i], &wanted->found[i], &wanted->users[i]));
	return NULL;
}

fallible users_find(struct installation *installation, const struct strings *who, struct user *users)
{
	for (size_t start = 0; start < who->count; start += BATCH) {
		size_t count = who->count - start < BATCH ? who->count - start : BATCH;
		AUTO(wanted) struct wanted wanted =
			wanted_begin((const char *const *)who->items + start, users + start, count);
		TRY(find_batch(installation, &wanted));
	}
	return NULL;
}

fallible user_find(struct installation *installation, const char *who, struct user *user)
{
	AUTO(wanted) struct wanted wanted = wanted_begin(&who, user, 1);
	return find_batch(installation, &wanted);
}
