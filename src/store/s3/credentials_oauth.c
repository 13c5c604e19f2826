/* Google's documents of accounts, and the tokens that they are exchanged for (RFC 7523 for a service account, RFC 6749
 * section 6 for a user). */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crypto/jwt.h"
#include "crypto/rs256.h"
#include "store/s3/credentials.h"
#include "store/web_ask.h"

#define TOKEN_URI "https://oauth2.googleapis.com/token"
#define SCOPE "https://www.googleapis.com/auth/devstorage.read_write"
#define LIFETIME_S 3600
#define LONGEST_CODE 100

static fallible wrong(const char *what, const char *why)
{
	return error_hint(error_new(ERR_SETTINGS, "%s %s", what, why),
			  "it is the JSON of a service account, as Google's console or "
			  "`gcloud iam service-accounts keys create` gives it; or set GS_ACCESS_KEY_ID and "
			  "GS_SECRET_ACCESS_KEY, which are HMAC keys");
}

/* ---- the answer ---- */

fallible gs_token_of_json(const char *what, const struct str *text, struct s3_keys *keys)
{
	AUTO(json_tree) struct json_tree tree = {0};
	error_ignore(json_tree_parse(&tree, str_text(text), text->size)); /* then it is empty */
	keys->bearer = store_json_text(&tree, "access_token");
	if (!keys->bearer)
		return error_new(ERR_PERMISSION, "%s answers no token", what);
	const struct json_node *ends = json_tree_find(tree.root, "expires_in");
	long long seconds = json_tree_is(ends, JSON_KIND_NUMBER) ? strtoll(ends->text, NULL, 10) : 0;
	keys->ends = clock_now() + (seconds > 0 && seconds < INT32_MAX ? seconds : LIFETIME_S);
	return NULL;
}

/* ---- asking ---- */

/* The word of OAuth's errors ("invalid_grant"), where it is one. */
static char *said(const struct str *text)
{
	AUTO(json_tree) struct json_tree tree = {0};
	error_ignore(json_tree_parse(&tree, str_text(text), text->size));
	char *code = store_json_text(&tree, "error");
	if (code && (strlen(code) > LONGEST_CODE || code[strspn(code, "abcdefghijklmnopqrstuvwxyz_")])) {
		secret_free(code);
		return NULL;
	}
	return code;
}

static fallible exchange(const char *what, const char *uri, const struct str *body, struct http *http,
			 struct s3_keys *keys)
{
	AUTO(http_answer) struct http_answer answer = {0};
	if (!store_url_is_safe(uri, NULL, 0))
		return wrong(what, "has a token_uri that leads to another machine without TLS");
	TRY(store_ask_by_form(http, uri, body, &answer));
	if (answer.status == 200) {
		struct error *error = gs_token_of_json(uri, &answer.body, keys);
		mem_wipe(answer.body.data, answer.body.size);
		return error;
	}
	AUTO(memory) char *code = said(&answer.body);
	return error_hint(error_new(http_is_passing(answer.status) ? ERR_BUSY : ERR_PERMISSION, "%s answers %ld%s%s",
				    uri, answer.status, code ? ", " : "", code ? code : ""),
			  "check that the key of %s was not deleted, and the clock of this machine", what);
}

/* ---- a service account ---- */

/* These stand in the JSON of the token as they are. */
static bool is_plain(const char *text)
{
	while (*text && (unsigned char)*text > ' ' && *text != '"' && *text != '\\')
		text++;
	return !*text;
}

struct account {
	const char *mail, *key, *key_id, *token_uri; /* the id may be "" */
};

static fallible make_assertion(const struct account *account, struct str *assertion)
{
	AUTO(str) struct str signature = {0};
	int64_t now = clock_now();
	AUTO(memory) char *header = text_format("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}", account->key_id);
	AUTO(memory) char *claims = text_format("{\"iss\":\"%s\",\"scope\":\"" SCOPE "\",\"aud\":\"%s\","
						"\"iat\":%" PRId64 ",\"exp\":%" PRId64 "}",
						account->mail, account->token_uri, now, now + LIFETIME_S);
	base64url_add(assertion, header, strlen(header));
	str_add_char(assertion, '.');
	base64url_add(assertion, claims, strlen(claims));
	TRY(rs256_sign(account->key, assertion->data, assertion->size, &signature));
	str_add_char(assertion, '.');
	base64url_add(assertion, signature.data, signature.size);
	return NULL;
}

static fallible by_service(const char *what, const struct json_tree *tree, struct http *http, struct s3_keys *keys)
{
	AUTO(secret) char *mail = store_json_text(tree, "client_email");
	AUTO(secret) char *key = store_json_text(tree, "private_key");
	AUTO(secret) char *key_id = store_json_text(tree, "private_key_id");
	AUTO(secret) char *given = store_json_text(tree, "token_uri");
	const struct account account = {mail, key, key_id ? key_id : "", given ? given : TOKEN_URI};
	AUTO(str) struct str assertion = {0}, body = {0};
	if (!mail || !key || !is_plain(mail) || !is_plain(account.key_id) || !is_plain(account.token_uri))
		return wrong(what, "has no client_email, private_key or token_uri as a service account has");
	struct error *error = make_assertion(&account, &assertion);
	if (error) {
		error_ignore(error);
		return wrong(what, "has a private_key that is none");
	}
	store_form_add(&body, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
	store_form_add(&body, "assertion", str_text(&assertion));
	error = exchange(what, account.token_uri, &body, http, keys);
	mem_wipe(assertion.data, assertion.size);
	mem_wipe(body.data, body.size);
	return error;
}

/* ---- a user ---- */

static fallible by_user(const char *what, const struct json_tree *tree, struct http *http, struct s3_keys *keys)
{
	static const char *const fields[] = {"client_id", "client_secret", "refresh_token"};
	AUTO(secret) char *given = store_json_text(tree, "token_uri");
	AUTO(str) struct str body = {0};
	store_form_add(&body, "grant_type", "refresh_token");
	for (size_t i = 0; i < COUNT(fields); i++) {
		AUTO(secret) char *value = store_json_text(tree, fields[i]);
		if (!value)
			return wrong(what, "has no client_id, client_secret or refresh_token as that of a user has");
		store_form_add(&body, fields[i], value);
	}
	struct error *error = exchange(what, given ? given : TOKEN_URI, &body, http, keys);
	mem_wipe(body.data, body.size);
	return error;
}

fallible gs_token_by(const char *what, const char *document, size_t size, struct http *http, struct s3_keys *keys)
{
	AUTO(json_tree) struct json_tree tree = {0};
	struct error *error = json_tree_parse(&tree, document, size);
	if (error) {
		error_ignore(error);
		return wrong(what, "is no JSON");
	}
	AUTO(memory) char *type = store_json_text(&tree, "type");
	if (text_equal(type, "service_account"))
		return by_service(what, &tree, http, keys);
	if (text_equal(type, "authorized_user"))
		return by_user(what, &tree, http, keys);
	return wrong(what, "is of a type that owctl does not know");
}
