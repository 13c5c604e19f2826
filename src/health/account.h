/* The account that `owctl health check --deep` signs in with: one that Open WebUI treats as any other. Secret. */
#ifndef HEALTH_ACCOUNT_H
#define HEALTH_ACCOUNT_H

#include <stdbool.h>

#include "base/error.h"
#include "settings/settings.h"

/* It signs in with e-mail and password; or, where these are NULL, it has a token already. */
struct health_account {
	char *email, *password, *token;
};
void health_account_cleanup(struct health_account *account);

/* OWCTL_HEALTH_EMAIL and OWCTL_HEALTH_PASSWORD, or else OWCTL_HEALTH_TOKEN. ERR_SETTINGS: there is none, or half of
 * one, or both, or it is none that can be sent. */
fallible health_account_read(struct settings *settings, struct health_account *account) MUST_CHECK;

/* Whether its token is an API key, which opens no websocket. */
bool health_account_has_key(const struct health_account *account);

#endif
