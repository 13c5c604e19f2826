/* The keys with which Open WebUI encrypts what is secret in its database, and signs sessions (env.py). They are
 * settings: a database that is brought back can't be read as a whole without them. */
#ifndef OPENWEBUI_SECRET_KEYS_H
#define OPENWEBUI_SECRET_KEYS_H

#include "settings/settings.h"

/* WEBUI_SECRET_KEY, those that take its place for a part, and the one of pgvector (retrieval/vector/dbs/pgvector.py),
 * without which its texts can't be read. Ends with NULL. */
extern const char *const secret_key_names[];
#define PGCRYPTO_KEY "PGVECTOR_PGCRYPTO_KEY"

/* Those that are set, as lines of an env file (settings/envfile.h). Released with secret_free. ERR_SETTINGS without
 * WEBUI_SECRET_KEY, and for a value that would be another one when such a file is read. */
fallible secret_keys_text(struct settings *settings, char **text) MUST_CHECK;

/* Looks whether such lines of a snapshot set these names alone: as settings of a server, or of owctl, others would do
 * as whoever wrote them likes. ERR_INPUT, without any value. */
fallible secret_keys_check(const char *text) MUST_CHECK;

#endif
