/* Whose account a token names that is tried on every replica: the database's thread finds it, the replicas' thread
 * waits for it. Before `identity_tell` nobody knows it; it is told once, also where there is none. */
#ifndef HEALTH_IDENTITY_H
#define HEALTH_IDENTITY_H

#include <stdbool.h>

struct identity;
struct identity *identity_new(void);
void identity_free(struct identity *identity);

/* `account` (copied) is the id of one, NULL: none is known. Later ones don't count. */
void identity_tell(struct identity *identity, const char *account);
/* *known false: it was not told yet. *account is borrowed for as long as the identity is there. */
void identity_ask(struct identity *identity, bool *known, const char **account);
/* `wake(state)` is called by whoever tells, once, with the lock held; at once, if it was told before. NULL: by nobody
 * any more. */
void identity_notify(struct identity *identity, void (*wake)(void *state), void *state);

#endif
