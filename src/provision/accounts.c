#include "provision/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct account *accounts_add(struct accounts *accounts, int64_t line)
{
	if (accounts->count == accounts->room) {
		accounts->room = accounts->room ? accounts->room * 2 : 16;
		accounts->items = mem_resize(accounts->items, accounts->room, sizeof *accounts->items);
	}
	struct account *account = &accounts->items[accounts->count++];
	*account = (struct account){.line = line};
	return account;
}

static void account_cleanup(struct account *account)
{
	free(account->email);
	free(account->name);
	free(account->role);
	secret_free(account->password);
	secret_free(account->hash);
	strings_cleanup(&account->groups);
	strings_cleanup(&account->group_ids);
	free(account->fault);
	free(account->hint);
}

void accounts_cleanup(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		account_cleanup(&accounts->items[i]);
	free(accounts->items);
	*accounts = (struct accounts){0};
}

void account_refuse(struct account *account, const char *hint, const char *format, ...)
{
	if (account->state == ACCOUNT_BAD)
		return;
	account->state = ACCOUNT_BAD;
	account->hint = text_copy(hint);
	va_list args;
	va_start(args, format);
	account->fault = text_format_v(format, args);
	va_end(args);
}

size_t accounts_count(const struct accounts *accounts, enum account_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		count += accounts->items[i].state == state;
	return count;
}

const char *const account_columns[] = {"email", "name", "role", "password", "password_hash", "groups", NULL};

bool account_set(struct account *account, const char *column, const char *value)
{
	if (!strcasecmp(column, "groups")) {
		strings_split(&account->groups, value, ';');
		account->unsplit = !strchr(value, ';');
		return true;
	}
	struct {
		const char *column;
		char **field;
	} fields[] = {
		{"email", &account->email},       {"name", &account->name},          {"role", &account->role},
		{"password", &account->password}, {"password_hash", &account->hash},
	};
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (strcasecmp(column, fields[i].column) != 0)
			continue;
		secret_free(*fields[i].field);
		*fields[i].field = *value ? text_copy(value) : NULL;
		return true;
	}
	return false;
}
