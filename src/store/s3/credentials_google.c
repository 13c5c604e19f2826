/* Tokens of Google: by the account that a file or a setting has, or by the metadata of the machine. Sources: "How
 * Application Default Credentials works"; "Using OAuth 2.0 for server to server applications"; "View and query VM
 * metadata". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/s3/credentials.h"

#define DOCUMENT_LIMIT (1024 * 1024)
#define USUAL_FILE "application_default_credentials.json"
#define METADATA "metadata.google.internal"
#define METADATA_TOKEN "/computeMetadata/v1/instance/service-accounts/default/token"

/* ---- an account ---- */

/* Others than its owner may be able to read it, as one that Kubernetes mounts: Google's own tools take it too. */
static fallible token_by_file(const char *what, const char *path, struct http *http, struct s3_keys *keys)
{
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, DOCUMENT_LIMIT, &text);
	if (!error)
		error = gs_token_by(what, str_text(&text), text.size, http, keys);
	mem_wipe(text.data, text.size);
	return error;
}

fallible gs_token_of_target(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	static const char name[] = "GOOGLE_APPLICATION_CREDENTIALS";
	*found = asking->account || asking->account_file;
	if (asking->account)
		return gs_token_by("GOOGLE_APPLICATION_CREDENTIALS_JSON", asking->account, strlen(asking->account),
				   asking->http, keys);
	return asking->account_file ? error_wrap(token_by_file(asking->account_file, asking->account_file,
							       asking->http, keys), "%s", name)
				    : NULL;
}

static char *usual_file(void)
{
	const char *folder = store_environment("CLOUDSDK_CONFIG"), *home = store_environment("HOME");
	return folder ? text_format("%s/" USUAL_FILE, folder)
	       : home ? text_format("%s/.config/gcloud/" USUAL_FILE, home)
		      : NULL;
}

fallible gs_token_of_account(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	struct s3_asking given = {.http = asking->http,
				  .account = store_environment("GOOGLE_APPLICATION_CREDENTIALS_JSON"),
				  .account_file = store_environment("GOOGLE_APPLICATION_CREDENTIALS")};
	if (given.account || given.account_file)
		return gs_token_of_target(&given, keys, found);
	AUTO(memory) char *path = usual_file();
	*found = path && file_exists(path);
	return *found ? token_by_file(path, path, asking->http, keys) : NULL;
}

/* ---- the metadata ---- */

static fallible refused(const struct http_answer *answer)
{
	return error_hint(error_new(http_is_passing(answer->status) ? ERR_BUSY : ERR_PERMISSION,
				    "the metadata server answers %ld", answer->status),
			  "the machine, or the workload, needs a service account");
}

/* On any other machine nobody answers; so nothing is tried again. */
fallible gs_token_of_instance(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	const char *given = store_environment("GCE_METADATA_HOST");
	if (text_equal(store_environment("NO_GCE_CHECK"), "true"))
		return NULL;
	AUTO(memory) char *url = text_format("http://%s" METADATA_TOKEN, given ? given : METADATA);
	AUTO(http_answer) struct http_answer answer = {0};
	struct error *error = s3_ask_host(asking->http, "GET", url, "Metadata-Flavor: Google", true, &answer);
	if (error && error->code == ERR_INTERRUPTED)
		return error;
	bool is_google = text_equal(http_header(&answer, "Metadata-Flavor"), "Google");
	error_ignore(error);
	if (!is_google)
		return NULL;
	*found = true;
	if (answer.status != 200)
		return refused(&answer);
	error = gs_token_of_json("the metadata server", &answer.body, keys);
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}
