#include "health/look/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/look/answers.h"
#include "health/look/clocks.h"
#include "health/session.h"
#include "net/websocket.h"

#define TOKEN_S 600 /* replicas whose clocks are a little ahead are to take it, too */
#define PER_SERVER 8  /* for one that is quick three are enough */
#define PATIENCE_MS 100
#define FEW 64 /* questions under way: then it is the servers that are slow, and not their number */

struct asking;

/* A question that was put to a replica. */
struct turn {
	struct asking *asking;
	struct replica *replica;
	enum question question;
	bool due; /* it waits for whose account the token is to name */
	bool named; /* the token that was sent names an account */
	bool answered;
	int64_t asked_ms; /* clock_monotonic_ms */
};

struct asking {
	struct look *look;
	const struct ask_options *options;
	struct probes *probes;
	struct turn *turns; /* QUESTIONS for each replica */
	size_t count, due, unanswered;
	char *nobody, *somebody; /* tokens; NULL before the account is known */
	bool named;		 /* `somebody` names an account */
};

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
	[ASK_DATABASE] = {"/health/db", ASK_SOCKET, true},
	[ASK_SOCKET] = {ASK_SOCKET_PATH, ASK_VERSION, false},
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
	turn->asked_ms = clock_monotonic_ms();
	turn->asking->unanswered++;
	probes_add(asking->probes, &request);
}

static void put_socket(struct turn *turn)
{
	AUTO(strings) struct strings headers = {0};
	ask_socket_headers(turn->asking->options->origin, &headers);
	put(turn, (const char *const *)headers.items);
}

/* A token of a real account only goes to a release that does not let it in. */
static void put_session(struct turn *turn)
{
	struct asking *asking = turn->asking;
	bool stamped = session_needs_stamp(turn->replica->release);
	const char *token = stamped ? asking->somebody : asking->nobody;
	AUTO(secret) char *header = text_format("Authorization: Bearer %s", token);
	const char *const headers[] = {header, NULL};
	turn->named = stamped && asking->named;
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
	} else if (asking->options->key) {
		turn->due = true;
		asking->due++;
		if (asking->somebody)
			put_session(turn);
	}
}

static void ask_next(struct turn *turn)
{
	struct turn *next = turn - turn->question + questions[turn->question].next;
	if (next->question != ASK_VERSION && !next->replica->asked[next->question] && !next->due)
		ask(next);
}

/* Who has not answered one question for a while is asked the next one by another connection, so that a slow replica is
 * not waited for once for each. */
static void go_on_without(struct asking *asking)
{
	int64_t before = clock_monotonic_ms() - PATIENCE_MS;
	if (asking->unanswered > FEW)
		return;
	for (size_t i = 0; i < asking->count * QUESTIONS; i++) {
		struct turn *turn = &asking->turns[i];
		if (turn->replica->asked[turn->question] && !turn->answered && turn->asked_ms < before)
			ask_next(turn);
	}
}

/* ---- answers ---- */

static void take_answer(void *state, struct probe_answer *answer)
{
	struct turn *turn = state;
	const struct ask_options *options = turn->asking->options;
	turn->replica->answers[turn->question] = *answer;
	*answer = (struct probe_answer){0};
	turn->answered = true;
	turn->asking->unanswered--;
	answer_read(turn->replica, turn->question, turn->named);
	if (options->answered)
		options->answered(options->state, turn->replica, turn->question);
	ask_next(turn);
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
	go_on_without(asking);
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
		if (questions[asking->turns[i].question].first && *asking->turns[i].replica->url)
			ask(&asking->turns[i]);
}

fallible ask_all(struct look *look, const struct ask_options *options, struct replica *const *replicas,
		 size_t count)
{
	struct asking asking = {.look = look, .options = options, .count = count};
	AUTO(probes) struct probes *probes =
		probes_new(&(struct probe_options){.timeout_ms = look_seconds(look) * 1000,
						   .deadline_ms = options->deadline_ms,
						   .per_server = PER_SERVER,
						   .waits = waits_for_account,
						   .state = &asking});
	asking.probes = probes;
	asking.turns = mem_new(count * QUESTIONS + 1, sizeof *asking.turns);
	identity_notify(look->identity, wake, &asking);
	begin(&asking, replicas);
	if (options->begin)
		options->begin(options->state, probes);
	struct error *error = probes_run(probes);
	identity_notify(look->identity, NULL, NULL);
	if (!error)
		error = clocks_confirm(look, replicas, count);
	free(asking.turns);
	secret_free(asking.nobody);
	secret_free(asking.somebody);
	return error;
}

void ask_socket_headers(const char *origin, struct strings *headers)
{
	for (size_t i = 0; websocket_headers[i]; i++)
		strings_add(headers, websocket_headers[i]);
	if (origin)
		strings_add_taken(headers, text_format("Origin: %s", origin));
}
