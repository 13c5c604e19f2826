/* Who may. Unless the target has a key of its own, it is looked for as Azure's own tools do:
 *
 *   AZURE_STORAGE_KEY                a key of the account
 *   AZURE_STORAGE_SAS_TOKEN          a shared access signature
 *   AZURE_STORAGE_CONNECTION_STRING  with one of these (connection.h)
 *   client secret                    AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET
 *   workload identity                AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE, as in Kubernetes
 *   managed identity                 IDENTITY_ENDPOINT and IDENTITY_HEADER, as in App Service and Container Apps; else
 *                                    the instance's metadata, at AZURE_POD_IDENTITY_AUTHORITY_HOST or Azure's own
 *                                    address. AZURE_CLIENT_ID chooses one of several
 *
 * The first three are in the order of the Azure CLI's documentation, the identities in that of DefaultAzureCredential;
 * tokens of those come from AZURE_AUTHORITY_HOST (https://login.microsoftonline.com). The first source that has
 * something is kept; tokens are fetched anew in time (store/web_ask.h). */
#ifndef STORE_AZURE_CREDENTIALS_H
#define STORE_AZURE_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/http.h"
#include "store/store.h"

enum azure_kind { AZURE_KEY, AZURE_SAS, AZURE_TOKEN };

struct azure_keys {
	enum azure_kind kind;
	char *secret; /* the key in base64; the signature as part of a query; the token */
	int64_t ends; /* seconds since 1970; 0: never, or not known */
};
void azure_keys_cleanup(struct azure_keys *keys); /* wipes them */

struct azure_credentials;

/* `given` is copied, its secret key is one of the account; without one the sources above are asked, when keys are
 * wanted. `account` is borrowed; by the options its own requests are sent. */
struct azure_credentials *azure_credentials_new(const struct store_credentials *given, const char *account,
						const struct http_options *options) MUST_CHECK;
void azure_credentials_free(struct azure_credentials *credentials); /* NULL is fine */

/* A copy of the keys as they are now. ERR_PERMISSION: there are none, or whoever gives them refuses; ERR_SETTINGS: a
 * source is not as it should be. */
fallible azure_credentials_get(struct azure_credentials *credentials, struct azure_keys *keys) MUST_CHECK;

/* This token was refused: fetch another, unless the one in use is another already. False: there can be none. */
bool azure_credentials_refuse(struct azure_credentials *credentials, const struct azure_keys *keys);

/* ---- the sources; only for the files whose names begin as this one's ---- */

/* *found false: this source has nothing, and says so by no error. */
typedef fallible azure_source(const char *account, struct http *http, struct azure_keys *keys, bool *found);
azure_source azure_keys_of_environment, azure_keys_of_connection, azure_keys_of_client_secret,
	azure_keys_of_workload, azure_keys_of_service, azure_keys_of_instance;

/* The answer of who gives out tokens, `what`: "Entra ID". ERR_PERMISSION with what it says if there is none. */
fallible azure_token_read(const char *what, const struct http_answer *answer, const char *hint,
			  struct azure_keys *keys) MUST_CHECK;

#endif
