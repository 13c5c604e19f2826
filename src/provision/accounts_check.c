#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/sorted.h"
#include "openwebui/account_rules.h"
#include "provision/accounts.h"
#include "provision/known_groups.h"

/* Up to this many addresses are looked up by one query with a parameter each; more are found faster by streaming all
 * addresses of the database past the sorted rows. */
#define LOOK_UP_AT_MOST 500

/* ---- addresses that are taken ---- */

/* With --if-missing the row becomes what is there, so that nobody is told of a name or role that was only asked for. */
static void mark_taken(struct account *account, const struct db_rows *rows, bool if_missing)
{
	if (account->state == ACCOUNT_BAD)
		return;
	snprintf(account->id, sizeof account->id, "%s", db_cell_text(rows, 1));
	if (!if_missing) {
		account_refuse(account, "--if-missing leaves it alone; `owctl user update` and `passwd` change it",
			       "an account with this address exists");
		return;
	}
	account->state = ACCOUNT_EXISTS;
	free(account->name);
	free(account->role);
	account->name = text_copy(db_cell_text(rows, 2));
	account->role = text_copy(db_cell_text(rows, 3));
}

static fallible query_taken(struct installation *installation, struct account **list, size_t count,
			    struct db_rows **rows)
{
	if (count > LOOK_UP_AT_MOST)
		return db_query(installation->db, "select lower(email), id, name, role from \"user\"", NULL, 0, rows);
	struct db_value parameters[LOOK_UP_AT_MOST];
	AUTO(str) struct str sql = {0};
	str_add(&sql, "select lower(email), id, name, role from \"user\" where lower(email) in (");
	for (size_t i = 0; i < count; i++) {
		parameters[i] = db_text(list[i]->email);
		str_add_format(&sql, "%s$%zu", i ? ", " : "", i + 1);
	}
	str_add_char(&sql, ')');
	return db_query(installation->db, str_text(&sql), parameters, count, rows);
}

static const char *email_of(const void *item)
{
	return (*(struct account *const *)item)->email;
}

static fallible find_taken(struct accounts *accounts, struct installation *installation, bool if_missing)
{
	size_t count;
	AUTO(memory) struct account **list = accounts_sorted(accounts, true, &count);
	if (!count)
		return NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(query_taken(installation, list, count, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		const char *email = db_cell_text(rows, 0) ? db_cell_text(rows, 0) : "";
		size_t i = sorted_place(list, count, sizeof(struct account *), email_of, email);
		for (; i < count && !strcmp(list[i]->email, email); i++)
			mark_taken(list[i], rows, if_missing);
	}
	return error;
}

/* ---- groups ---- */

static void resolve(struct account *account, const char *group, const struct known_groups *known,
		    const struct accounts_options *options, struct strings *missing)
{
	AUTO(strings) struct strings matches = {0};
	known_groups_find(known, group, &matches);
	if (matches.count > 1) {
		AUTO(memory) char *list = strings_join(&matches, ", ");
		account_refuse(account, NULL, "%zu groups are named \"%s\": name one by its id (%s)", matches.count,
			       group, list);
	} else if (matches.count == 1) {
		if (!strings_have(&account->group_ids, matches.items[0]))
			strings_add(&account->group_ids, matches.items[0]);
	} else if (!options->create_groups) {
		account_refuse(account, "`owctl group list` shows them, --create-groups makes it",
			       "there is no group \"%s\"", group);
	} else if (account->unsplit && strchr(group, ',')) {
		account_refuse(account,
			       account->line ? "a semicolon separates groups; one behind it says that the comma is "
					       "part of the name, as in \"Sales, East;\""
					     : "repeat --group for each; `owctl group create` makes one with a comma",
			       "there is no group \"%s\"; are these several?", group);
	} else if (text_is_uuid(group)) {
		account_refuse(account, "export names a group by id where its name stands for several: write a name",
			       "no group has the id %s, and no name is made of one", group);
	} else if (name_fault(group)) {
		account_refuse(account, name_hint, "the name of the group \"%s\" %s", group, name_fault(group));
	} else if (!strings_have(missing, group)) {
		strings_add(missing, group);
	}
}

/* What is wrong with a group that all rows are to join is no fault of theirs. */
static fallible check_groups_of_all(const struct known_groups *known, const struct accounts_options *options)
{
	struct account all = {.unsplit = true};
	AUTO(strings) struct strings missing = {0};
	for (size_t g = 0; options->groups && g < options->groups->count; g++)
		resolve(&all, options->groups->items[g], known, options, &missing);
	struct error *error = all.fault ? error_new(ERR_INPUT, "--group: %s", all.fault) : NULL;
	if (error && all.hint)
		error = error_hint(error, "%s", all.hint);
	strings_cleanup(&all.group_ids);
	free(all.fault);
	free(all.hint);
	return error;
}

/* The hash that the row has, or gets once its password is hashed. */
static void check_hash(struct account *account, const struct accounts_options *options,
		       const struct revision *revision)
{
	if (!account->hash && !account->password)
		return;
	AUTO(error) struct error *error = password_algorithm_usable(
		account->hash ? password_hash_algorithm(account->hash) : options->algorithm, revision);
	if (error)
		account_refuse(account, error_hint_text(error), "%s", error->message);
}

/* Groups that are to be made count only if the row is not refused for another one. */
static void resolve_all(struct account *account, const struct known_groups *known,
			const struct accounts_options *options, struct distinct *missing_groups)
{
	AUTO(strings) struct strings missing = {0};
	for (size_t i = 0; i < account->groups.count; i++)
		resolve(account, account->groups.items[i], known, options, &missing);
	for (size_t i = 0; options->groups && i < options->groups->count; i++)
		resolve(account, options->groups->items[i], known, options, &missing);
	for (size_t i = 0; i < known->defaults.count; i++)
		if (!strings_have(&account->group_ids, known->defaults.items[i]))
			strings_add(&account->group_ids, known->defaults.items[i]);
	for (size_t i = 0; account->state == ACCOUNT_NEW && i < missing.count; i++)
		distinct_add(missing_groups, missing.items[i]);
}

fallible accounts_check(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, struct strings *missing_groups)
{
	AUTO(known_groups) struct known_groups known = {0};
	AUTO(distinct) struct distinct missing = {.list = missing_groups};
	TRY(find_taken(accounts, installation, options->if_missing));
	TRY(known_groups_read(installation, &known));
	TRY(check_groups_of_all(&known, options));
	for (size_t i = 0; i < accounts->count; i++) {
		struct account *account = &accounts->items[i];
		TRY(cancel_check());
		strings_cleanup(&account->group_ids);
		if (account->state != ACCOUNT_NEW)
			continue;
		check_hash(account, options, installation->read_as);
		resolve_all(account, &known, options, &missing);
	}
	return NULL;
}
