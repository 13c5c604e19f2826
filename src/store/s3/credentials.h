/* Whose keys sign. Unless the target has its own, they are looked for where the provider's own tools look, in their
 * order. Of AWS:
 *
 *   environment       AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *   web identity      AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN (AWS_ROLE_SESSION_NAME), as in Kubernetes on AWS; by
 *                     STS at AWS_ENDPOINT_URL_STS or AWS's own of the region
 *   shared files      the profile AWS_PROFILE (else "default") of AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and
 *                     AWS_CONFIG_FILE (~/.aws/config): keys, or a role by web identity. Not: sso, credential_process,
 *                     source_profile
 *   container         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN or
 *                     _TOKEN_FILE
 *   instance          the metadata service, version 2; AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_DISABLED
 *
 * Of Google, whose HMAC keys sign as AWS's do; all others give a token that is sent instead of a signature
 * ("Application Default Credentials"):
 *
 *   environment       GS_ACCESS_KEY_ID, GS_SECRET_ACCESS_KEY (the names of gsutil's library and of GDAL)
 *   account           GOOGLE_APPLICATION_CREDENTIALS_JSON (a name of Open WebUI's), the file
 *                     GOOGLE_APPLICATION_CREDENTIALS, or the one that `gcloud auth application-default login` leaves: a
 *                     service account or a user. Not: external_account, impersonated_service_account
 *   instance          the metadata server of Compute Engine and GKE; GCE_METADATA_HOST, NO_GCE_CHECK
 *
 * The first source that has something is kept; keys that end are fetched anew in time (store/web_ask.h). */
#ifndef STORE_S3_CREDENTIALS_H
#define STORE_S3_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/http.h"
#include "store/web.h"

struct s3_keys {
	char *access_key, *secret_key, *session_token; /* the token NULL: none */
	char *bearer; /* instead of the others: goes as it is into Authorization */
	int64_t ends; /* seconds since 1970; 0: never */
};
void s3_keys_cleanup(struct s3_keys *keys); /* wipes them */

struct s3_sources;
extern const struct s3_sources s3_sources_aws, s3_sources_google;

struct s3_credentials;

/* `given` is copied; what it has is used, else `sources` are asked, when keys are wanted. `region` is borrowed; by the
 * options their requests are sent. */
struct s3_credentials *s3_credentials_new(const struct store_credentials *given, const struct s3_sources *sources,
					  const char *region, const struct http_options *options) MUST_CHECK;
void s3_credentials_free(struct s3_credentials *credentials); /* NULL is fine */

/* A copy of the keys as they are now. ERR_PERMISSION: there are none, or whoever gives them refuses; ERR_SETTINGS: a
 * source is not as it should be. */
fallible s3_credentials_get(struct s3_credentials *credentials, struct s3_keys *keys) MUST_CHECK;

/* These were refused as ended: fetch others, unless those in use are others already. False: there can be none. */
bool s3_credentials_refuse(struct s3_credentials *credentials, const struct s3_keys *keys);

/* ---- the sources; only for the files whose names begin as this one's ---- */

struct s3_asking {
	const char *region;
	const char *account, *account_file; /* of store_credentials; NULL: not given */
	struct http *http;
};

/* *found false: this source has nothing, and says so by no error. */
typedef fallible s3_source(const struct s3_asking *asking, struct s3_keys *keys, bool *found);
s3_source s3_keys_of_environment, s3_keys_of_web_identity, s3_keys_of_files, s3_keys_of_container, s3_keys_of_instance;
s3_source gs_token_of_target, gs_keys_of_environment, gs_token_of_account, gs_token_of_instance;

/* By STS's AssumeRoleWithWebIdentity. `session` may be NULL. */
fallible s3_keys_of_role(const char *role, const char *session, const char *token_file,
			 const struct s3_asking *asking, struct s3_keys *keys) MUST_CHECK;

/* The document of keys that the container and the instance answer. ERR_PERMISSION with what it says if it is none. */
fallible s3_keys_of_json(const char *what, const struct str *text, struct s3_keys *keys) MUST_CHECK;

/* The token by the document of an account, a file or a setting named `what`: by a request to who gives them out. */
fallible gs_token_by(const char *what, const char *document, size_t size, struct http *http,
		     struct s3_keys *keys) MUST_CHECK;

/* The document {"access_token":"..","expires_in":3599} that Google's services answer. */
fallible gs_token_of_json(const char *what, const struct str *text, struct s3_keys *keys) MUST_CHECK;

/* A request with at most one header, directly: to this machine, or who runs it. `once`: nothing is tried again. */
fallible s3_ask_host(struct http *http, const char *method, const char *url, const char *header, bool once,
		     struct http_answer *answer) MUST_CHECK;

#endif
