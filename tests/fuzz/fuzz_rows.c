/* Files of accounts, CSV and JSON: any bytes are read and checked, or refused as input. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "provision/accounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(const uint8_t *data, size_t size, enum accounts_format format)
{
	AUTO(accounts) struct accounts accounts = {0};
	const struct password_rules rules = {.algorithm = PASSWORD_BCRYPT};
	FILE *input = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!input)
		return;
	AUTO(error) struct error *error = accounts_read(&accounts, input, "x", format);
	fclose(input);
	assert(!error || error->code == ERR_INPUT);
	if (error)
		return;
	assert(!accounts_validate(&accounts, "user", &rules));
	for (size_t i = 0; i < accounts.count; i++) {
		const struct account *account = &accounts.items[i];
		assert(account->state == ACCOUNT_BAD ? account->fault && *account->fault
						     : account->email && account->name);
		assert(account->state == ACCOUNT_BAD ||
		       (strchr(account->email, '@') && !strpbrk(account->email, " \n\x1b")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	read_as(data, size, ACCOUNTS_CSV);
	read_as(data, size, ACCOUNTS_JSON);
	read_as(data, size, ACCOUNTS_JSONL);
	return 0;
}
