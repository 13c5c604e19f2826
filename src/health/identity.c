#include "health/identity.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct identity {
	pthread_mutex_t lock;
	bool known;
	char *account;
	void (*wake)(void *state);
	void *state;
};

struct identity *identity_new(void)
{
	struct identity *identity = mem_new(1, sizeof *identity);
	pthread_mutex_init(&identity->lock, NULL);
	return identity;
}

void identity_free(struct identity *identity)
{
	pthread_mutex_destroy(&identity->lock);
	free(identity->account);
	free(identity);
}

void identity_tell(struct identity *identity, const char *account)
{
	pthread_mutex_lock(&identity->lock);
	if (!identity->known) {
		identity->known = true;
		identity->account = text_copy(account);
		if (identity->wake)
			identity->wake(identity->state);
	}
	pthread_mutex_unlock(&identity->lock);
}

void identity_ask(struct identity *identity, bool *known, const char **account)
{
	pthread_mutex_lock(&identity->lock);
	*known = identity->known;
	*account = identity->account;
	pthread_mutex_unlock(&identity->lock);
}

void identity_notify(struct identity *identity, void (*wake)(void *state), void *state)
{
	pthread_mutex_lock(&identity->lock);
	identity->wake = wake;
	identity->state = state;
	if (wake && identity->known)
		wake(state);
	pthread_mutex_unlock(&identity->lock);
}
