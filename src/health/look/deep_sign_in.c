/* Signing in at each place, once: Open WebUI lets an account try 15 times in three minutes, at all replicas together
 * that have a Redis in common. */
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "health/look/deep_inner.h"

#define MOST_SIGN_INS 10 /* places; the others get the token of one of these */

static const struct {
	long status;
	const char *detail; /* with which it begins; NULL: any */
	enum sign_in_end end;
} ends[] = {
	{400, "The email or password provided is incorrect", SIGN_IN_REFUSED},
	{400, "Your provider has not provided a trusted header", SIGN_IN_ELSEWHERE},
	{403, NULL, SIGN_IN_ELSEWHERE},
	{409, NULL, SIGN_IN_LIMITED}, /* with second factors one sign-in of an account at a time is let in */
	{429, NULL, SIGN_IN_LIMITED},
};

static enum sign_in_end end_of(const struct probe_answer *answer)
{
	AUTO(memory) char *detail = answer_detail(answer);
	for (size_t i = 0; i < COUNT(ends); i++)
		if (!answer->failure && answer->http.status == ends[i].status && answer_is_json(answer) &&
		    (!ends[i].detail || (detail && text_starts(detail, ends[i].detail))))
			return ends[i].end;
	return SIGN_IN_BROKEN;
}

/* The token is in the body, and in a cookie. */
static void wipe(struct probe_answer *answer)
{
	struct http_answer *http = &answer->http;
	if (http->body.size)
		mem_wipe(http->body.data, http->body.size);
	for (size_t i = 0; i < http->headers.count; i++)
		mem_wipe(http->headers.items[i], strlen(http->headers.items[i]));
}

static void take(struct deep_looking *looking, size_t at, struct probe_answer *answer)
{
	struct deep_place *place = &looking->sight->places[at];
	json_auto_t *object = answer_object(answer);
	const char *token = json_string_value(json_object_get(object, "token"));
	const char *step = json_string_value(json_object_get(object, "next_step"));
	const char *role = json_string_value(json_object_get(object, "role"));
	if ((role && text_equal(role, "pending")) || (step && text_equal(step, "pending"))) {
		place->sign_in_end = SIGN_IN_ELSEWHERE;
		place->sign_in.why = text_copy("the account waits for approval");
	} else if (token) {
		looking->tokens[at] = text_copy(token);
		place->sign_in_end = SIGN_IN_WORKS;
		deep_works(&place->sign_in, answer);
	} else if (step) {
		place->sign_in_end = SIGN_IN_ELSEWHERE;
		place->sign_in.why = text_copy("it wants a second factor");
	} else {
		place->sign_in_end = end_of(answer);
		deep_fails(looking, &place->sign_in, DEEP_FAILS, answer);
		if (place->sign_in.standing == DEEP_UNKNOWN)
			place->sign_in_end = SIGN_IN_CUT;
	}
	if (token)
		mem_wipe((char *)(uintptr_t)token, strlen(token));
	wipe(answer);
}

static char *request_body(const struct health_account *account)
{
	json_auto_t *body = json_pack("{s:s, s:s}", "email", account->email, "password", account->password);
	json_t *password = json_object_get(body, "password");
	char *text = json_dumps(body, JSON_COMPACT);
	if (password)
		mem_wipe((char *)(uintptr_t)json_string_value(password), json_string_length(password));
	return text ? text : text_copy("{}"); /* what is no UTF-8 is nobody's */
}

static void sign_in_at(struct deep_looking *looking, size_t at)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	deep_put(looking, at, "/api/v1/auths/signin", NULL, request_body(looking->options->account),
		 (struct probe_request){.method = "POST", .headers = headers}, take);
}

/* Of many replicas others each time. */
static void sign_in(struct deep_looking *looking)
{
	size_t asked = 0, replicas = deep_replicas(looking);
	uint32_t first = 0;
	random_bytes(&first, sizeof first);
	for (size_t i = 0; i < replicas && asked < MOST_SIGN_INS; i++) {
		size_t at = (first + i) % replicas;
		asked += deep_is_there(looking, at);
		if (deep_is_there(looking, at))
			sign_in_at(looking, at);
	}
	for (size_t i = replicas; i < looking->sight->count; i++)
		if (deep_is_there(looking, i))
			sign_in_at(looking, i);
}

/* Where nobody could sign in, the token of the first who could is tried. */
static void lend_tokens(struct deep_looking *looking)
{
	struct deep_sight *sight = looking->sight;
	size_t replicas = deep_replicas(looking);
	for (size_t i = replicas; i-- > 0;)
		if (looking->tokens[i])
			sight->session_of = i;
	for (size_t i = 0; sight->session_of < sight->count && i < sight->count; i++)
		if (!looking->tokens[i] && deep_is_there(looking, i))
			looking->tokens[i] = text_copy(looking->tokens[sight->session_of]);
}

/* A server that believes a header of a proxy may make an account of whatever owctl sends. */
static bool believes_a_header(const struct deep_looking *looking)
{
	for (size_t i = 0; i < looking->sight->count; i++) {
		json_t *features = json_object_get(looking->replicas[i]->config, "features");
		if (json_is_true(json_object_get(features, "auth_trusted_header")))
			return true;
	}
	return false;
}

fallible deep_sign_in(struct deep_looking *looking)
{
	struct deep_sight *sight = looking->sight;
	const char *token = looking->options->account->token;
	for (size_t i = 0; i < sight->count; i++)
		looking->tokens[i] = token && deep_is_there(looking, i) ? text_copy(token) : NULL;
	if (token)
		return NULL;
	for (size_t i = 0; believes_a_header(looking) && i < sight->count; i++) {
		sight->places[i].sign_in_end = SIGN_IN_ELSEWHERE;
		sight->places[i].sign_in.why = text_copy("a proxy signs people in (WEBUI_AUTH_TRUSTED_EMAIL_HEADER)");
	}
	if (!believes_a_header(looking))
		TRY(deep_run(looking, sign_in));
	lend_tokens(looking);
	return NULL;
}
