#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/workers.h"
#include "provision/accounts.h"

/* A few seconds of work. */
#define MANY 20

bool account_needs_hashing(const struct account *account)
{
	return account->state == ACCOUNT_NEW && account->password && !account->hash;
}

struct hashing {
	enum password_algorithm algorithm;
	_Atomic(struct error *) error; /* the first that is not a row's fault */
	struct progress progress;
};

static void hash_one(void *item, void *shared)
{
	struct account *account = *(struct account **)item;
	struct hashing *hashing = shared;
	char hash[PASSWORD_HASH_SIZE];
	if (hashing->error)
		return;
	struct error *error = password_hash(account->password, hashing->algorithm, hash);
	if (error) {
		struct error *none = NULL;
		if (error->code == ERR_INPUT)
			account_refuse(account, error_hint_text(error), "%s", error->message);
		else if (atomic_compare_exchange_strong(&hashing->error, &none, error))
			return;
		error_free(error);
		return;
	}
	account->hash = text_copy(hash);
	progress_step(&hashing->progress);
	mem_wipe(hash, sizeof hash);
	if (!account->generated) {
		secret_free(account->password);
		account->password = NULL;
	}
}

fallible accounts_hash(struct accounts *accounts, enum password_algorithm algorithm)
{
	AUTO(memory) struct account **list = mem_new(accounts->count, sizeof(struct account *));
	size_t count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		if (account_needs_hashing(&accounts->items[i]))
			list[count++] = &accounts->items[i];
	struct hashing hashing = {.algorithm = algorithm};
	progress_start(&hashing.progress, "hashing", "passwords", count, MANY);
	workers_each(list, count, sizeof *list, 0, hash_one, &hashing);
	progress_end();
	if (hashing.error)
		return hashing.error;
	return cancel_check();
}
