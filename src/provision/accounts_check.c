#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "openwebui/schema.h"
#include "openwebui/users.h"
#include "provision/accounts.h"

/* Up to this many addresses are looked up by one query with a parameter each; more are found faster by streaming all
 * addresses of the database past the sorted rows. */
#define LOOK_UP_AT_MOST 500

/* Far more than an account is in anywhere; a line of 1 MiB has room for many more. */
#define MOST_GROUPS 1000

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
	if (account->groups.count > MOST_GROUPS)
		account_refuse(account, "is a quote or the end of a line missing?", "names %zu groups; %d are allowed",
			       account->groups.count, MOST_GROUPS);
	validate_password(account, rules);
}

static int by_email(const void *a, const void *b)
{
	const struct account *x = *(struct account *const *)a, *y = *(struct account *const *)b;
	int order = strcmp(x->email, y->email);
	return order ? order : (x->line > y->line) - (x->line < y->line);
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
			account_refuse(list[i], NULL, "the same address as on line %lld", (long long)list[first]->line);
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

/* A name or id by which a group is called; a name may be that of many. */
struct call_name {
	char *text, *id;
};

struct known_groups {
	struct call_name *items; /* in order of the text */
	size_t count, room;
};

static void known_groups_cleanup(struct known_groups *known)
{
	for (size_t i = 0; i < known->count; i++) {
		free(known->items[i].text);
		free(known->items[i].id);
	}
	free(known->items);
}

static void add_known(struct known_groups *known, const char *text, const char *id)
{
	if (known->count == known->room) {
		known->room = known->room ? known->room * 2 : 64;
		known->items = mem_resize(known->items, known->room, sizeof *known->items);
	}
	known->items[known->count++] = (struct call_name){text_copy(text), text_copy(id)};
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct call_name *)a)->text, ((const struct call_name *)b)->text);
}

static fallible read_groups(struct installation *installation, struct known_groups *known)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db, "select id, name from \"group\"", NULL, 0, &rows));
	for (;;) {
		bool row;
		TRY(db_next(rows, &row));
		if (!row)
			break;
		const char *id = db_cell_text(rows, 0), *name = db_cell_text(rows, 1);
		add_known(known, id, id);
		if (name && strcmp(name, id) != 0)
			add_known(known, name, id);
	}
	if (known->count)
		qsort(known->items, known->count, sizeof *known->items, by_text);
	return NULL;
}

static void find_groups(const struct known_groups *known, const char *text, struct strings *ids)
{
	size_t low = 0, high = known->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(known->items[middle].text, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < known->count && !strcmp(known->items[low].text, text); low++)
		strings_add(ids, known->items[low].id);
}

static void resolve(struct account *account, const char *group, const struct known_groups *known,
		    const struct accounts_options *options, struct strings *missing)
{
	AUTO(strings) struct strings matches = {0};
	find_groups(known, group, &matches);
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
	} else if (name_fault(group)) {
		account_refuse(account, name_hint, "the name of the group \"%s\" %s", group, name_fault(group));
	} else if (!strings_have(missing, group)) {
		strings_add(missing, group);
	}
}

/* Now, or once its password is hashed. */
static bool has_argon2(const struct account *account, const struct accounts_options *options)
{
	if (account->hash)
		return text_starts(account->hash, "$argon2");
	return account->password && options->algorithm == PASSWORD_ARGON2;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void keep_node(UNUSED void *node)
{
}

/* Names that many rows may ask for: in a tree (tsearch(3)) beside the list, whose texts it borrows. */
struct seen_names {
	void *root;
};

static void seen_names_cleanup(struct seen_names *seen)
{
	tdestroy(seen->root, keep_node);
}

static void add_missing(struct seen_names *seen, const struct strings *missing, struct strings *all)
{
	for (size_t i = 0; i < missing->count; i++) {
		if (tfind(missing->items[i], &seen->root, by_name))
			continue;
		strings_add(all, missing->items[i]);
		tsearch(all->items[all->count - 1], &seen->root, by_name);
	}
}

fallible accounts_check(struct accounts *accounts, struct installation *installation,
			const struct accounts_options *options, struct strings *missing_groups)
{
	TRY(find_taken(accounts, installation, options->if_missing));
	AUTO(known_groups) struct known_groups known = {0};
	AUTO(seen_names) struct seen_names seen = {0};
	TRY(read_groups(installation, &known));
	for (size_t i = 0; i < accounts->count; i++) {
		TRY(cancel_check());
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
		if (account->state == ACCOUNT_NEW)
			add_missing(&seen, &missing, missing_groups);
	}
	return NULL;
}
