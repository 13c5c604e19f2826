/* A role by web identity: STS gives keys for a token that the platform puts into a file, and writes anew in time. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/s3/credentials.h"
#include "store/web_ask.h"
#include "store/xml.h"

#define TOKEN_LIMIT (64 * 1024)

struct sts_answer {
	struct s3_keys *keys;
	char *code; /* of an error */
};

static fallible take_element(void *state, const char *path, const char *text)
{
	struct sts_answer *answer = state;
	struct s3_keys *keys = answer->keys;
	const char *name = strrchr(path, '/') + 1;
	if (strstr(path, "/Credentials/")) {
		char **field = !strcmp(name, "AccessKeyId")	   ? &keys->access_key
			       : !strcmp(name, "SecretAccessKey") ? &keys->secret_key
			       : !strcmp(name, "SessionToken")	   ? &keys->session_token
								   : NULL;
		if (field) {
			secret_free(*field);
			*field = text_copy(text);
		}
		if (!strcmp(name, "Expiration"))
			(void)clock_parse(text, &keys->ends);
	} else if (!strcmp(name, "Code") && !answer->code) {
		answer->code = text_copy(text);
	}
	return NULL;
}

static fallible add_token(struct str *body, const char *token_file)
{
	AUTO(str) struct str token = {0};
	TRY(file_read(token_file, TOKEN_LIMIT, &token));
	while (token.size && strchr(" \r\n", token.data[token.size - 1]))
		token.size--;
	if (token.data)
		token.data[token.size] = '\0';
	store_form_add(body, "WebIdentityToken", str_text(&token));
	mem_wipe(token.data, token.size);
	return NULL;
}

static fallible ask(struct http *http, const char *url, const struct str *body, struct s3_keys *keys)
{
	AUTO(http_answer) struct http_answer answer = {0};
	struct sts_answer read = {.keys = keys};
	TRY(store_ask_by_form(http, url, body, &answer));
	struct error *error = store_xml_read(str_text(&answer.body), answer.body.size, take_element, &read);
	AUTO(memory) char *code = read.code;
	mem_wipe(answer.body.data, answer.body.size);
	if (answer.status == 200 && !error && keys->access_key && keys->secret_key && keys->session_token)
		return NULL;
	error_ignore(error);
	enum error_code kind = http_is_passing(answer.status) ? ERR_BUSY : ERR_PERMISSION;
	return error_hint(error_new(kind, "STS at %s answers %ld%s%s", url, answer.status, code ? ", " : "",
				    code ? code : ""),
			  "check AWS_ROLE_ARN, and that the role trusts who issued the token in "
			  "AWS_WEB_IDENTITY_TOKEN_FILE");
}

fallible s3_keys_of_role(const char *role, const char *session, const char *token_file,
			 const struct s3_asking *asking, struct s3_keys *keys)
{
	AUTO(str) struct str body = {0};
	const char *endpoint = store_environment("AWS_ENDPOINT_URL_STS");
	AUTO(memory) char *url = endpoint ? text_copy(endpoint)
					  : text_format("https://sts.%s.amazonaws.com%s/", asking->region,
							text_starts(asking->region, "cn-") ? ".cn" : "");
	str_add(&body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
	store_form_add(&body, "RoleArn", role);
	store_form_add(&body, "RoleSessionName", session ? session : "owctl");
	TRY(add_token(&body, token_file));
	struct error *error = ask(asking->http, url, &body, keys);
	mem_wipe(body.data, body.size);
	return error;
}

fallible s3_keys_of_web_identity(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	const char *file = store_environment("AWS_WEB_IDENTITY_TOKEN_FILE"), *role = store_environment("AWS_ROLE_ARN");
	*found = file && role;
	return *found ? s3_keys_of_role(role, store_environment("AWS_ROLE_SESSION_NAME"), file, asking, keys) : NULL;
}
