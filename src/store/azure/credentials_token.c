/* Tokens of Entra ID, for an application that has a secret, or one that another issuer vouches for. Source: "OAuth 2.0
 * client credentials flow on the Microsoft identity platform" (v2-oauth2-client-creds-grant-flow). */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/azure/credentials.h"
#include "store/web.h"
#include "store/web_ask.h"

#define AUTHORITY "https://login.microsoftonline.com"
#define SCOPE "https://storage.azure.com/.default"
#define ASSERTION "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define TOKEN_LIMIT (64 * 1024)

/* A number, or a string that has one; 0: there is none. */
static int64_t number_member(const struct json_tree *tree, const char *name)
{
	AUTO(secret) char *text = store_json_text(tree, name);
	const struct json_node *node = json_tree_find(tree->root, name);
	AUTO(memory) char *plain = node && !text ? text_copy_n(node->text, node->size) : NULL;
	uint64_t number = 0;
	(void)store_number_of(text ? text : plain, &number);
	return number < INT64_MAX ? (int64_t)number : 0;
}

/* The first line of it; behind it come the ids of the request. */
static fallible no_token(const char *what, const struct http_answer *answer, const struct json_tree *tree,
			 const char *hint)
{
	AUTO(memory) char *error = store_json_text(tree, "error");
	AUTO(memory) char *description = store_json_text(tree, "error_description");
	if (description)
		description[strcspn(description, "\r\n")] = '\0';
	AUTO(memory) char *code = store_shown(error, NULL);
	AUTO(memory) char *message = store_shown(description, NULL);
	enum error_code kind = http_is_passing(answer->status) ? ERR_BUSY : ERR_PERMISSION;
	return error_hint(error_new(kind, "%s answers %ld%s%s%s%s", what, answer->status, *code ? ", " : "", code,
				    *message ? ": " : "", message),
			  "%s", hint);
}

fallible azure_token_read(const char *what, const struct http_answer *answer, const char *hint,
			  struct azure_keys *keys)
{
	AUTO(json_tree) struct json_tree tree = {0};
	error_ignore(json_tree_parse(&tree, str_text(&answer->body), answer->body.size));
	AUTO(secret) char *token = answer->status == 200 ? store_json_text(&tree, "access_token") : NULL;
	if (!token)
		return no_token(what, answer, &tree, hint);
	int64_t lifetime = number_member(&tree, "expires_in"), ends = number_member(&tree, "expires_on");
	*keys = (struct azure_keys){.kind = AZURE_TOKEN,
				    .secret = text_copy(token),
				    .ends = lifetime ? clock_now() + lifetime : ends};
	return NULL;
}

static fallible token_url(const char *tenant, char **url)
{
	const char *given = store_environment("AZURE_AUTHORITY_HOST");
	AUTO(memory) char *authority = text_format("%s%s", !given || strstr(given, "://") ? "" : "https://",
						   given ? given : AUTHORITY);
	if (text_ends(authority, "/"))
		authority[strlen(authority) - 1] = '\0';
	if (!store_url_is_safe(authority, NULL, 0))
		return error_hint(error_new(ERR_SETTINGS, "AZURE_AUTHORITY_HOST leads to another machine without TLS"),
				  "it must be https://");
	if (tenant[strspn(tenant, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")])
		return error_hint(error_new(ERR_SETTINGS, "AZURE_TENANT_ID is not the id of a tenant"),
				  "it is a UUID, or a domain");
	*url = text_format("%s/%s/oauth2/v2.0/token", authority, tenant);
	return NULL;
}

static fallible ask_for_token(struct http *http, const char *tenant, struct str *body, const char *hint,
			      struct azure_keys *keys)
{
	AUTO(memory) char *url = NULL;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(token_url(tenant, &url));
	str_add(body, "&grant_type=client_credentials");
	store_form_add(body, "scope", SCOPE);
	TRY(store_ask_by_form(http, url, body, &answer));
	struct error *error = azure_token_read("Entra ID", &answer, hint, keys);
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}

fallible azure_keys_of_client_secret(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	(void)account;
	const char *tenant = store_environment("AZURE_TENANT_ID"), *client = store_environment("AZURE_CLIENT_ID");
	const char *secret = store_environment("AZURE_CLIENT_SECRET");
	*found = tenant && client && secret;
	if (!*found)
		return NULL;
	AUTO(str) struct str body = {0};
	store_form_add(&body, "client_id", client);
	store_form_add(&body, "client_secret", secret);
	struct error *error = ask_for_token(http, tenant, &body,
					    "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, which "
					    "may have ended", keys);
	mem_wipe(body.data, body.size);
	return error;
}

/* The platform writes the file anew in time. */
fallible azure_keys_of_workload(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	(void)account;
	const char *tenant = store_environment("AZURE_TENANT_ID"), *client = store_environment("AZURE_CLIENT_ID");
	const char *file = store_environment("AZURE_FEDERATED_TOKEN_FILE");
	*found = tenant && client && file;
	if (!*found)
		return NULL;
	AUTO(str) struct str body = {0}, token = {0};
	TRY(error_wrap(file_read(file, TOKEN_LIMIT, &token), "reading the token of AZURE_FEDERATED_TOKEN_FILE"));
	while (token.size && strchr(" \r\n", token.data[token.size - 1]))
		token.data[--token.size] = '\0';
	store_form_add(&body, "client_id", client);
	store_form_add(&body, "client_assertion_type", ASSERTION);
	store_form_add(&body, "client_assertion", str_text(&token));
	mem_wipe(token.data, token.size);
	struct error *error = ask_for_token(http, tenant, &body,
					    "check AZURE_CLIENT_ID, and that the application trusts who issued the "
					    "token in AZURE_FEDERATED_TOKEN_FILE", keys);
	mem_wipe(body.data, body.size);
	return error;
}
