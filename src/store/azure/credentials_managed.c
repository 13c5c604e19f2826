/* Tokens of the identity that a machine or a service has, of who runs it. Source: "How to use managed identities for
 * Azure resources to acquire an access token" and "REST endpoint reference" of App Service. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/azure/credentials.h"
#include "store/web.h"
#include "store/web_ask.h"

#define METADATA "http://169.254.169.254"
#define METADATA_TOKEN "/metadata/identity/oauth2/token?api-version=2018-02-01"
#define SERVICE_VERSION "api-version=2019-08-01"
#define RESOURCE "&resource=https%3A%2F%2Fstorage.azure.com%2F"
#define HINT "the machine or service needs a managed identity; where it has several, AZURE_CLIENT_ID says which"

static void add_client(struct str *url)
{
	const char *client = store_environment("AZURE_CLIENT_ID");
	str_add(url, RESOURCE);
	if (!client)
		return;
	str_add(url, "&client_id=");
	percent_encode(url, client, strlen(client), "");
}

fallible azure_keys_of_service(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	static const char *const agents[] = {"169.254.255.2", "169.254.129.1", "169.254.130.1"};
	(void)account;
	const char *endpoint = store_environment("IDENTITY_ENDPOINT"), *secret = store_environment("IDENTITY_HEADER");
	*found = endpoint && secret;
	if (!*found)
		return NULL;
	if (!store_url_is_safe(endpoint, agents, COUNT(agents)))
		return error_hint(error_new(ERR_SETTINGS, "IDENTITY_ENDPOINT leads to another machine without TLS"),
				  "it must be https://, or http:// at this machine");
	AUTO(str) struct str url = {0};
	AUTO(http_answer) struct http_answer answer = {0};
	str_add_format(&url, "%s%c" SERVICE_VERSION, endpoint, strchr(endpoint, '?') ? '&' : '?');
	add_client(&url);
	AUTO(secret) char *header = text_format("X-IDENTITY-HEADER: %s", secret);
	if (strpbrk(header, "\r\n"))
		return error_hint(error_new(ERR_SETTINGS, "IDENTITY_HEADER has more than one line"),
				  "it is set by the service itself");
	TRY(store_ask(http, &(struct store_question){.method = "GET", .url = str_text(&url), .header = header,
						     .direct = true}, &answer));
	struct error *error = azure_token_read("the service's identity endpoint", &answer, HINT, keys);
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}

/* Elsewhere than at Azure nobody answers there, or somebody who knows no such path. */
static bool is_of_azure(const struct http_answer *answer)
{
	return answer->status == 200 || answer->status == 400 || http_is_passing(answer->status);
}

fallible azure_keys_of_instance(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	(void)account;
	const char *given = store_environment("AZURE_POD_IDENTITY_AUTHORITY_HOST");
	AUTO(str) struct str url = {0};
	AUTO(http_answer) struct http_answer answer = {0};
	str_add(&url, given ? given : METADATA);
	if (text_ends(url.data, "/"))
		url.data[--url.size] = '\0';
	str_add(&url, METADATA_TOKEN);
	add_client(&url);
	struct error *error = store_ask(http, &(struct store_question){.method = "GET", .url = str_text(&url),
								       .header = "Metadata: true", .direct = true,
								       .once = true}, &answer);
	if (error && error->code == ERR_INTERRUPTED)
		return error;
	*found = !error && is_of_azure(&answer);
	error_ignore(error);
	error = *found ? azure_token_read("the instance's metadata service", &answer, HINT, keys) : NULL;
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}
