/* The rows by themselves, before a database is asked. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "openwebui/account_rules.h"
#include "provision/accounts.h"

/* Far more than an account is in anywhere; a line of 1 MiB has room for many more. */
#define MOST_GROUPS 1000

/* An error about the input is the row's fault; any other one, as of a pattern that can't be tried, is nobody's. */
static fallible refuse_for(struct account *account, struct error *error)
{
	if (!error || error->code != ERR_INPUT)
		return error;
	account_refuse(account, error_hint_text(error), "%s", error->message);
	error_free(error);
	return NULL;
}

static fallible validate_password(struct account *account, const struct password_rules *rules)
{
	if (account->password && account->hash)
		account_refuse(account, "leave one of them out", "has both a password and a password_hash");
	else if (account->password)
		return refuse_for(account, password_rules_check(rules, account->password));
	else if (account->hash && !password_is_hash(account->hash))
		account_refuse(account, "as in $2b$12$.. or $argon2id$..",
			       "the password_hash is neither bcrypt nor argon2");
	else if (account->hash)
		return refuse_for(account, password_check_cost(account->hash));
	return NULL;
}

/* Shown only where it is nearly a role: where a line has a comma too many, the password stands here. */
static void refuse_role(struct account *account)
{
	AUTO(str) struct str known = {0};
	AUTO(strings) struct strings near = {0};
	size_t count = 0;
	for (; user_roles[count]; count++)
		str_add_format(&known, "%s%s", count ? ", " : "", user_roles[count]);
	suggest(account->role, user_roles, count, &near);
	if (near.count) {
		AUTO(memory) char *hint = text_format("did you mean %s?", near.items[0]);
		account_refuse(account, hint, "unknown role \"%s\" (%s)", account->role, str_text(&known));
	} else {
		account_refuse(account, "does a field hold a comma without quotes?", "unknown role: none of %s",
			       str_text(&known));
	}
}

static fallible validate(struct account *account, const char *default_role, const struct password_rules *rules)
{
	if (!account->email) {
		account_refuse(account, email_hint, "has no mail address");
		return NULL;
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
		refuse_role(account);
	if (!account->name)
		account->name = text_copy_n(email, strcspn(email, "@"));
	fault = name_fault(account->name);
	if (fault)
		account_refuse(account, name_hint, "the name %s", fault);
	if (account->groups.count > MOST_GROUPS)
		account_refuse(account, "is a quote or the end of a line missing?", "names %zu groups; %d are allowed",
			       account->groups.count, MOST_GROUPS);
	return validate_password(account, rules);
}

static int by_email(const void *a, const void *b)
{
	const struct account *x = *(struct account *const *)a, *y = *(struct account *const *)b;
	int order = strcmp(x->email, y->email);
	return order ? order : x->line != y->line ? (x->line > y->line) - (x->line < y->line)
						    : (x->record > y->record) - (x->record < y->record);
}

struct account **accounts_sorted(const struct accounts *accounts, bool good, size_t *count)
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
		TRY(validate(&accounts->items[i], default_role, rules));
		struct account *account = &accounts->items[i];
		account->generated = accounts->generate && !account->password && !account->hash;
		if (account->generated)
			TRY(password_rules_generate(rules, &account->password));
	}
	size_t count;
	AUTO(memory) struct account **list = accounts_sorted(accounts, false, &count);
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
