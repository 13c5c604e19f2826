/* Settings that Open WebUI keeps in its database: since 0.10 a row a key, before one JSON document. */
#ifndef OPENWEBUI_CONFIG_H
#define OPENWEBUI_CONFIG_H

#include <jansson.h>

#include "openwebui/installation.h"

/* The stored value of a dotted key ("ui.default_group_id"); NULL when nothing is stored, or what is stored is no JSON.
 * A new reference. */
fallible config_read(struct installation *installation, const char *key, json_t **value) MUST_CHECK;

/* How long a sign-in lasts (auth.jwt_expiry: "4w", "1h30m"), in seconds; 0: for ever, or not known. */
fallible config_session_lifetime(struct installation *installation, int64_t *seconds) MUST_CHECK;

/* Adds the id of the group that the installation puts every new account into, if one is set and exists. */
fallible config_default_group(struct installation *installation, struct strings *ids) MUST_CHECK;

#endif
