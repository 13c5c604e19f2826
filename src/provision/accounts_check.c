#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "openwebui/schema.h"
#include "openwebui/users.h"
#include "provision/accounts.h"

/* Up to this many addresses are looked up by one query with a parameter each; more are found faster by streaming all
 * addresses of the database past the sorted rows. */
#define LOOK_UP_AT_MOST 500

static const char argon2_hint[] = "such a server hashes with bcrypt, whatever PASSWORD_HASH_ALGORITHM says: unset it";

/* ---- the rows by themselves ---- */

static void validate_password(struct account *account, const struct password_rules *rules)
{
	if (account->password && account->hash) {
		account_refuse(account, "leave one of them out", "has both a password and a password_hash");
	} else if (account->password) {
		struct error *error = password_rules_check(rules, account->password);
		if (error)
			account_refuse(account, error_hint_text(error), "%s", error->message);
		error_free(error);
	} else if (account->hash && !password_is_hash(account->hash)) {
		account_refuse(account, "as in $2b$12$.. or $argon2id$..", "the password_hash is neither bcrypt nor argon2");
	}
}

static void validate(struct account *account, const char *default_role, const struct password_rules *rules)
{
	if (!account->email) {
		account_refuse(account, email_hint, "has no mail address");
		return;
	}
	char *email = email_normalize(account->email);
	free(account->email);
	account->email = email;
	const char *fault = email_fault(email);
	if (fault)
		account_refuse(account, email_hint, "the mail address %s", fault);
	if (!account->role)
		account->role = text_copy(default_role);
	for (char *c = account->role; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (!user_role_known(account->role))
		account_refuse(account, NULL, "unknown role \"%s\" (pending, user, admin)", account->role);
	if (!account->name)
		account->name = text_copy_n(email, strcspn(email, "@"));
	fault = name_fault(account->name);
	if (fault)
		account_refuse(account, name_hint, "the name %s", fault);
	validate_password(account, rules);
}

static int by_email(const void *a, const void *b)
{
	const struct account *x = *(struct account *const *)a, *y = *(struct account *const *)b;
	int order = strcmp(x->email, y->email);
	return order ? order : x->line != y->line ? (x->line > y->line) - (x->line < y->line)
						    : (x->record > y->record) - (x->record < y->record);
}

/* The rows with an address, in order of it; *count of them; `good`: without those that are refused already, whose
 * address may be no text that a database takes. To be freed. */
static struct account **sorted(const struct accounts *accounts, bool good, size_t *count)
{
	struct account **list = mem_new(accounts->count, sizeof(struct account *));
	*count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].email && !(good && accounts->items[i].state == ACCOUNT_BAD))
			list[(*count)++] = &accounts->items[i];
	qsort(list, *count, sizeof(struct account *), by_email);
	return list;
}

fallible accounts_validate(struct accounts *accounts, const char *default_role, const struct password_rules *rules)
{
	for (size_t i = 0; i < accounts->count; i++) {
		validate(&accounts->items[i], default_role, rules);
		struct account *account = &accounts->items[i];
		account->generated = accounts->generate && !account->password && !account->hash;
		if (account->generated)
			TRY(password_rules_generate(rules, &account->password));
	}
	size_t count;
	AUTO(memory) struct account **list = sorted(accounts, false, &count);
	for (size_t first = 0, i = 1; i < count; i++) {
		if (strcmp(list[i]->email, list[first]->email) != 0)
			first = i;
		else
			account_refuse(list[i], NULL, "the same address as %s %lld",
				       list[first]->record ? "record" : "on line",
				       (long long)(list[first]->record ? list[first]->record : list[first]->line));
	}
	return NULL;
}

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

static fallible find_taken(struct accounts *accounts, struct installation *installation, bool if_missing)
{
	size_t count;
	AUTO(memory) struct account **list = sorted(accounts, true, &count);
	if (!count)
		return NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(query_taken(installation, list, count, &rows));
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			return NULL;
		const char *email = db_cell_text(rows, 0);
		struct account key = {.email = text_copy(email ? email : "")}, *wanted = &key;
		size_t low = 0, high = count;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (strcmp(list[middle]->email, wanted->email) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < count && !strcmp(list[low]->email, key.email); low++)
			mark_taken(list[low], rows, if_missing);
		free(key.email);
	}
}

/* ---- groups ---- */

struct known_groups {
	struct strings ids, names;
};

static fallible read_groups(struct installation *installation, struct known_groups *known)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, "select id, name from \"group\"", NULL, 0, &rows));
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			return NULL;
		strings_add(&known->ids, db_cell_text(rows, 0));
		strings_add(&known->names, db_cell_text(rows, 1) ? db_cell_text(rows, 1) : "");
	}
}

static void resolve(struct account *account, const char *group, const struct known_groups *known,
		    const struct accounts_options *options, struct strings *missing)
{
	AUTO(strings) struct strings matches = {0};
	for (size_t i = 0; i < known->ids.count; i++)
		if (!strcmp(known->names.items[i], group) || !strcmp(known->ids.items[i], group))
			strings_add(&matches, known->ids.items[i]);
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

/* Now, or once its password is hashed. */
static bool has_argon2(const struct account *account, const struct accounts_options *options)
{
	if (account->hash)
		return text_starts(account->hash, "$argon2");
	return account->password && options->algorithm == PASSWORD_ARGON2;
}

fallible accounts_check(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, struct strings *missing_groups)
{
	TRY(find_taken(accounts, installation, options->if_missing));
	struct known_groups known = {0};
	struct error *error = read_groups(installation, &known);
	if (!error)
		error = check_groups_of_all(&known, options);
	for (size_t i = 0; !error && i < accounts->count; i++) {
		struct account *account = &accounts->items[i];
		strings_cleanup(&account->group_ids);
		if (account->state != ACCOUNT_NEW)
			continue;
		if (has_argon2(account, options) && !schema_knows_argon2(installation->read_as))
			account_refuse(account, argon2_hint, "Open WebUI before 0.10 can't check an argon2 hash");
		AUTO(strings) struct strings missing = {0};
		for (size_t g = 0; g < account->groups.count; g++)
			resolve(account, account->groups.items[g], &known, options, &missing);
		for (size_t g = 0; options->groups && g < options->groups->count; g++)
			resolve(account, options->groups->items[g], &known, options, &missing);
		for (size_t g = 0; account->state == ACCOUNT_NEW && g < missing.count; g++)
			if (!strings_have(missing_groups, missing.items[g]))
				strings_add(missing_groups, missing.items[g]);
	}
	strings_cleanup(&known.ids);
	strings_cleanup(&known.names);
	return error;
}
