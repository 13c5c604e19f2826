#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/workers.h"
#include "provision/accounts.h"

#define REPORT_EVERY_MS 10000
/* Rows between two looks at the clock: large, since cores wait for each other at the end of each batch. */
#define BATCH 256

struct hashing {
	enum password_algorithm algorithm;
	_Atomic(struct error *) error; /* the first that is not a row's fault */
};

static void hash_one(void *item, void *shared)
{
	struct account *account = *(struct account **)item;
	struct hashing *hashing = shared;
	char hash[PASSWORD_HASH_SIZE];
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
	mem_wipe(hash, sizeof hash);
	if (!account->generated) {
		secret_free(account->password);
		account->password = NULL;
	}
}

static void report(size_t done, size_t total, int64_t started)
{
	int64_t spent = clock_monotonic_ms() - started;
	int64_t left = spent * (int64_t)(total - done) / (int64_t)(done ? done : 1) / 1000;
	log_note("hashed %zu of %zu passwords, about %lld min %lld s left", done, total, (long long)(left / 60),
		 (long long)(left % 60));
}

fallible accounts_hash(struct accounts *accounts, enum password_algorithm algorithm)
{
	AUTO(memory) struct account **list = mem_new(accounts->count, sizeof(struct account *));
	size_t count = 0;
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW && accounts->items[i].password && !accounts->items[i].hash)
			list[count++] = &accounts->items[i];
	struct hashing hashing = {.algorithm = algorithm};
	int64_t started = clock_monotonic_ms(), reported = started;
	for (size_t done = 0; done < count;) {
		size_t batch = count - done < BATCH ? count - done : BATCH;
		workers_each(list + done, batch, sizeof *list, 0, hash_one, &hashing);
		if (hashing.error)
			return hashing.error;
		TRY(cancel_check());
		done += batch;
		if (clock_monotonic_ms() - reported >= REPORT_EVERY_MS && done < count) {
			reported = clock_monotonic_ms();
			report(done, count, started);
		}
	}
	return NULL;
}
