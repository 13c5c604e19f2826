/* Settings that Open WebUI keeps in its database: since 0.10 a row a key, before one JSON document. */
#ifndef OPENWEBUI_CONFIG_H
#define OPENWEBUI_CONFIG_H

#include <jansson.h>

#include "openwebui/installation.h"

/* The stored value of a dotted key ("ui.default_group_id"); NULL when nothing is stored, or what is stored is no JSON.
 * A new reference. */
fallible config_read(struct installation *installation, const char *key, json_t **value) MUST_CHECK;

/* Adds the id of the group that the installation puts every new account into, if one is set and exists. */
fallible config_default_group(struct installation *installation, struct strings *ids) MUST_CHECK;

#endif
