/* Keys that are asked for over HTTP, of who runs the machine: the agent of a container, the metadata of an instance. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/s3/credentials.h"
#include "store/web_ask.h"

#define CONTAINER_AGENT "http://169.254.170.2"
#define METADATA "http://169.254.169.254"
#define METADATA_TOKEN_S "21600"
#define METADATA_KEYS "/latest/meta-data/iam/security-credentials/"
#define TOKEN_LIMIT (64 * 1024)

fallible s3_keys_of_json(const char *what, const struct str *text, struct s3_keys *keys)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct error *error = json_tree_parse(&tree, str_text(text), text->size);
	if (error) {
		error_ignore(error);
		return error_new(ERR_PERMISSION, "%s answers no JSON", what);
	}
	AUTO(memory) char *ends = store_json_text(&tree, "Expiration");
	keys->access_key = store_json_text(&tree, "AccessKeyId");
	keys->secret_key = store_json_text(&tree, "SecretAccessKey");
	keys->session_token = store_json_text(&tree, "Token");
	if (ends && !clock_parse(ends, &keys->ends))
		return error_new(ERR_PERMISSION, "%s answers keys with a date that is none", what);
	if (keys->access_key && keys->secret_key)
		return NULL;
	AUTO(memory) char *code = store_json_text(&tree, "Code");
	return error_new(ERR_PERMISSION, "%s answers no keys%s%s", what, code ? ": " : "", code ? code : "");
}

fallible s3_ask_host(struct http *http, const char *method, const char *url, const char *header, bool once,
		     struct http_answer *answer)
{
	return store_ask(http, &(struct store_question){.method = method, .url = url, .header = header, .direct = true,
							.body = !strcmp(method, "PUT") ? "" : NULL, .once = once},
			 answer);
}

/* ---- container ---- */

/* Keys are sent in the clear there: only to this machine, and to the agents of ECS and EKS. */
static fallible check_uri(const char *uri)
{
	static const char *const agents[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
	if (store_url_is_safe(uri, agents, COUNT(agents)))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS,
				    "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without TLS"),
			  "it must be https://, or http:// at the loopback interface or the agents of ECS and EKS");
}

static fallible authorization(char **header)
{
	const char *file = store_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *token = store_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	AUTO(str) struct str text = {0};
	if (file)
		TRY(file_read(file, TOKEN_LIMIT, &text));
	else
		str_add(&text, token ? token : "");
	while (text.size && strchr("\r\n", text.data[text.size - 1]))
		text.data[--text.size] = '\0';
	if (strpbrk(str_text(&text), "\r\n"))
		return error_new(ERR_SETTINGS, "the container's authorization token has more than one line");
	*header = text.size ? text_format("Authorization: %s", text.data) : NULL;
	mem_wipe(text.data, text.size);
	return NULL;
}

fallible s3_keys_of_container(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	const char *relative = store_environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = store_environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	AUTO(memory) char *url = relative ? text_format(CONTAINER_AGENT "%s%s", *relative == '/' ? "" : "/", relative)
					  : text_copy(full);
	if (!url)
		return NULL;
	*found = true;
	TRY(check_uri(url));
	AUTO(secret) char *header = NULL;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(authorization(&header));
	TRY(s3_ask_host(asking->http, "GET", url, header, false, &answer));
	if (answer.status != 200)
		return error_new(http_is_passing(answer.status) ? ERR_BUSY : ERR_PERMISSION,
				 "the container's agent answers %ld", answer.status);
	struct error *error = s3_keys_of_json("the container's agent", &answer.body, keys);
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}

/* ---- instance ---- */

static fallible ask_metadata(struct http *http, const char *endpoint, const char *path, const char *header,
			     struct http_answer *answer)
{
	AUTO(memory) char *url = text_format("%s%s", endpoint, path);
	TRY(s3_ask_host(http, "GET", url, header, false, answer));
	if (answer->status != 200)
		return error_hint(error_new(http_is_passing(answer->status) ? ERR_BUSY : ERR_PERMISSION,
					    "the instance's metadata service answers %ld", answer->status),
				  "the instance needs an instance profile with a role");
	return NULL;
}

/* The token by which version 2 is spoken, as a header; NULL: this is no such instance. Nothing is tried again: on any
 * other machine nobody answers. */
static fallible metadata_token(struct http *http, const char *endpoint, char **header)
{
	AUTO(memory) char *url = text_format("%s/latest/api/token", endpoint);
	AUTO(http_answer) struct http_answer answer = {0};
	struct error *error = s3_ask_host(http, "PUT", url,
					  "X-aws-ec2-metadata-token-ttl-seconds: " METADATA_TOKEN_S, true, &answer);
	if (error && error->code == ERR_INTERRUPTED)
		return error;
	error_ignore(error);
	bool is_token = !error && answer.status == 200 && answer.body.size && !strpbrk(answer.body.data, "\r\n");
	*header = is_token ? text_format("X-aws-ec2-metadata-token: %s", answer.body.data) : NULL;
	return NULL;
}

fallible s3_keys_of_instance(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	const char *disabled = store_environment("AWS_EC2_METADATA_DISABLED");
	const char *given = store_environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	if (disabled && !strcasecmp(disabled, "true"))
		return NULL;
	AUTO(memory) char *endpoint = text_copy(given ? given : METADATA);
	if (text_ends(endpoint, "/"))
		endpoint[strlen(endpoint) - 1] = '\0';
	AUTO(secret) char *header = NULL;
	TRY(metadata_token(asking->http, endpoint, &header));
	if (!header)
		return NULL;
	*found = true;
	AUTO(http_answer) struct http_answer role = {0}, answer = {0};
	TRY(ask_metadata(asking->http, endpoint, METADATA_KEYS, header, &role));
	AUTO(memory) char *name = text_copy_n(str_text(&role.body), strcspn(str_text(&role.body), "\r\n"));
	AUTO(memory) char *path = text_format(METADATA_KEYS "%s", name);
	TRY(ask_metadata(asking->http, endpoint, path, header, &answer));
	struct error *error = s3_keys_of_json("the instance's metadata service", &answer.body, keys);
	mem_wipe(answer.body.data, answer.body.size);
	return error;
}
