#include "health/look/ask.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "health/session.h"

#define TOKEN_S 3600
#define LARGEST_VERSION 64

struct asking;

/* A question that was put to a replica. */
struct turn {
	struct asking *asking;
	struct replica *replica;
	enum question question;
	bool due; /* it waits for whose account the token is to name */
};

struct asking {
	struct look *look;
	const struct ask_options *options;
	struct probes *probes;
	struct turn *turns; /* QUESTIONS for each replica */
	size_t count, due;
	char *nobody, *somebody; /* tokens; NULL before the account is known */
	bool named;		 /* `somebody` names an account */
};

static const char *const upgrade_headers[] = {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
					      "Sec-WebSocket-Key: b3djdGwgbG9va3MgYXQ="};

/* Whether pages of anybody may read the answer. The answer is the same for all. */
static const char *const foreign_headers[] = {"Origin: " FOREIGN_ORIGIN, NULL};

static const struct {
	const char *path;
	enum question next; /* asked by the same connection; ASK_VERSION: none is */
	bool first;
} questions[QUESTIONS] = {
	[ASK_VERSION] = {"/api/version", ASK_CONFIG, true},
	[ASK_CONFIG] = {"/api/config", ASK_SESSION, false},
	[ASK_SESSION] = {"/api/v1/auths/", ASK_VERSION, false},
	[ASK_READY] = {"/ready", ASK_VERSION, true},
	[ASK_SOCKET] = {"/ws/socket.io/?EIO=4&transport=websocket", ASK_DATABASE, true},
	[ASK_DATABASE] = {"/health/db", ASK_VERSION, false},
};

static void take_answer(void *state, struct probe_answer *answer);

static void put(struct turn *turn, const char *const *headers)
{
	struct asking *asking = turn->asking;
	AUTO(memory) char *url = text_format("%s%s", turn->replica->url, questions[turn->question].path);
	const struct probe_request request = {.url = url,
					      .address = turn->replica->address,
					      .headers = headers,
					      .upgrade = turn->question == ASK_SOCKET,
					      .done = take_answer,
					      .state = turn};
	turn->replica->asked[turn->question] = true;
	probes_add(asking->probes, &request);
}

/* As a browser does it that shows the page of WEBUI_URL. */
static void put_socket(struct turn *turn)
{
	const char *origin = turn->asking->options->origin;
	const char *headers[COUNT(upgrade_headers) + 2] = {NULL};
	AUTO(memory) char *own = origin ? text_format("Origin: %s", origin) : NULL;
	for (size_t i = 0; i < COUNT(upgrade_headers); i++)
		headers[i] = upgrade_headers[i];
	headers[COUNT(upgrade_headers)] = own;
	put(turn, headers);
}

/* A token of a real account only goes to a release that does not let it in. */
static void put_session(struct turn *turn)
{
	struct asking *asking = turn->asking;
	bool stamped = session_needs_stamp(turn->replica->release);
	const char *token = stamped ? asking->somebody : asking->nobody;
	AUTO(secret) char *header = text_format("Authorization: Bearer %s", token);
	const char *const headers[] = {header, NULL};
	turn->due = false;
	asking->due--;
	put(turn, headers);
}

static void ask(struct turn *turn)
{
	struct asking *asking = turn->asking;
	if (turn->question == ASK_SOCKET) {
		put_socket(turn);
	} else if (turn->question == ASK_CONFIG) {
		put(turn, foreign_headers);
	} else if (turn->question != ASK_SESSION) {
		put(turn, NULL);
	} else if (asking->options->key && replica_speaks(turn->replica)) {
		turn->due = true;
		asking->due++;
		if (asking->somebody)
			put_session(turn);
	}
}

/* ---- what answers say ---- */

static void read_version(struct replica *replica)
{
	json_auto_t *object = answer_object(&replica->answers[ASK_VERSION]);
	const char *version = json_string_value(json_object_get(object, "version"));
	AUTO(str) struct str safe = {0};
	if (!version || !*version || strlen(version) > LARGEST_VERSION)
		return;
	utf8_add_safe(&safe, version, strlen(version));
	replica->release = str_take(&safe);
}

/* The release has a check of its own, and whether anybody has signed up follows from the database. */
static void read_config(struct replica *replica)
{
	static const char *const no_settings[] = {"version", "onboarding", "status"};
	replica->config = answer_object(&replica->answers[ASK_CONFIG]);
	for (size_t i = 0; replica->config && i < COUNT(no_settings); i++)
		json_object_del(replica->config, no_settings[i]);
	if (replica->config)
		replica->settings = json_dumps(replica->config, JSON_SORT_KEYS | JSON_COMPACT);
}

/* Date has whole seconds, and may be a second old when it is sent: what lies between two such readings is no
 * difference. */
static void read_clock(struct replica *replica)
{
	const struct probe_answer *answer = &replica->answers[ASK_VERSION];
	const char *date = http_header(&answer->http, "Date");
	time_t at = date ? curl_getdate(date, NULL) : -1;
	if (at < 0 || !answer->answered_ms)
		return;
	int64_t earliest = answer->asked_ms - 2000, latest = answer->answered_ms, told = (int64_t)at * 1000;
	replica->clock_known = true;
	int64_t ahead_ms = told < earliest ? told - earliest : told > latest ? told - latest : 0;
	replica->clock_ahead_s = ahead_ms / 1000;
}

static void read_answer(struct turn *turn)
{
	struct replica *replica = turn->replica;
	bool named = turn->asking->named && session_needs_stamp(replica->release);
	if (turn->question == ASK_VERSION) {
		read_version(replica);
		read_clock(replica);
	} else if (turn->question == ASK_CONFIG) {
		read_config(replica);
	} else if (turn->question == ASK_SESSION) {
		session_read(&replica->answers[ASK_SESSION], named, &replica->key, &replica->account);
	}
}

static void take_answer(void *state, struct probe_answer *answer)
{
	struct turn *turn = state;
	turn->replica->answers[turn->question] = *answer;
	*answer = (struct probe_answer){0};
	read_answer(turn);
	if (questions[turn->question].next != ASK_VERSION)
		ask(turn - turn->question + questions[turn->question].next);
}

/* ---- the account of the token ---- */

static void make_tokens(struct asking *asking, const char *account)
{
	int64_t until = clock_now() + TOKEN_S;
	asking->nobody = session_token(asking->options->key, NULL, until);
	asking->somebody = session_token(asking->options->key, account, until);
	asking->named = account != NULL;
}

static bool waits_for_account(void *state)
{
	struct asking *asking = state;
	bool known;
	const char *account;
	if (asking->somebody || !asking->options->key)
		return false;
	identity_ask(asking->look->identity, &known, &account);
	if (!known)
		return asking->due > 0;
	make_tokens(asking, account);
	for (size_t i = 0; i < asking->count * QUESTIONS; i++)
		if (asking->turns[i].due)
			put_session(&asking->turns[i]);
	return false;
}

static void wake(void *state)
{
	probes_wake(((struct asking *)state)->probes);
}

/* ---- all of them ---- */

static void begin(struct asking *asking, struct replica *const *replicas)
{
	for (size_t i = 0; i < asking->count; i++)
		for (enum question question = 0; question < QUESTIONS; question++) {
			struct turn *turn = &asking->turns[i * QUESTIONS + question];
			*turn = (struct turn){.asking = asking, .replica = replicas[i], .question = question};
		}
	for (size_t i = 0; i < asking->count * QUESTIONS; i++)
		if (questions[asking->turns[i].question].first)
			ask(&asking->turns[i]);
}

fallible ask_all(struct look *look, const struct ask_options *options, struct replica *const *replicas,
		 size_t count)
{
	struct asking asking = {.look = look, .options = options, .count = count};
	AUTO(probes) struct probes *probes =
		probes_new(&(struct probe_options){.timeout_ms = look_seconds(look) * 1000,
						   .deadline_ms = look->deadline_ms,
						   .waits = waits_for_account,
						   .state = &asking});
	asking.probes = probes;
	asking.turns = mem_new(count * QUESTIONS + 1, sizeof *asking.turns);
	identity_notify(look->identity, wake, &asking);
	begin(&asking, replicas);
	struct error *error = probes_run(probes);
	identity_notify(look->identity, NULL, NULL);
	free(asking.turns);
	secret_free(asking.nobody);
	secret_free(asking.somebody);
	return error;
}

char *ask_origin(const char *url)
{
	const char *host = strstr(url, "://");
	if (!host)
		return NULL;
	host += 3;
	size_t size = strcspn(host, "/?#");
	const char *at = memchr(host, '@', size);
	const char *from = at ? at + 1 : host;
	return text_format("%.*s%.*s", (int)(host - url), url, (int)(size - (size_t)(from - host)), from);
}
