#include "openwebui/trial.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/embed.h"
#include "base/hide.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/http.h"

EMBED_FILE(trial_script, "src/openwebui/trial.py");

#define ASK_EVERY_MS 250
#define ANSWER_LIMIT ((size_t)1 << 20)
#define LAST_LINES 5
#define WHICH_PYTHON "--release is the Python that Open WebUI is installed for, as in /opt/open-webui/venv/bin/python"

struct serving {
	const struct trial *trial;
	struct http *http;
	int port;
	int64_t deadline; /* ms, as clock_monotonic_ms */
	bool asked;       /* the answers are in */
	struct error *wrong; /* with them; NULL: nothing */
	struct strings last; /* what it printed last */
	char *release;
};

static void serving_cleanup(struct serving *serving)
{
	http_free(serving->http);
	error_free(serving->wrong);
	strings_cleanup(&serving->last);
	free(serving->release);
}

/* One that was free a moment ago; if somebody takes it first the server says so, and ends. */
static fallible find_port(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool found = fd >= 0 && !bind(fd, (struct sockaddr *)&address, size) &&
		     !getsockname(fd, (struct sockaddr *)&address, &size);
	struct error *error = found ? NULL : error_system(errno, "cannot find a free port");
	if (fd >= 0)
		close(fd);
	*port = ntohs(address.sin_port);
	return error;
}

/* ---- asking it ---- */

/* The object that it answers with; NULL where there is no connection, or it is none. */
static json_t *ask(struct serving *serving, const char *path, long *status)
{
	AUTO(memory) char *url = text_format("http://127.0.0.1:%d%s", serving->port, path);
	AUTO(http_answer) struct http_answer answer = {0};
	const struct http_request request = {
		.method = "GET", .url = url, .direct = true, .once = true, .answer_limit = ANSWER_LIMIT};
	*status = 0;
	struct error *error = http_send(serving->http, &request, &answer);
	if (!error)
		*status = answer.status;
	error_ignore(error); /* it may be about to start; who waits has a deadline */
	return *status == 200 ? json_loadb(str_text(&answer.body), answer.body.size, 0, NULL) : NULL;
}

static fallible no_answer(const char *path, long status)
{
	return status ? error_new(ERR_NO, "the server answered %s with %ld", path, status)
		      : error_new(ERR_NO, "the server did not answer %s", path);
}

/* It asks for a first account where it sees none. */
static fallible ask_config(struct serving *serving)
{
	long status;
	AUTO(json) json_t *config = ask(serving, "/api/config", &status);
	if (!json_is_object(config) || !json_is_true(json_object_get(config, "status")))
		return no_answer("/api/config", status);
	if (serving->trial->has_accounts && json_is_true(json_object_get(config, "onboarding")))
		return error_new(ERR_NO, "the server sees none of the accounts that are there");
	return NULL;
}

static fallible ask_version(struct serving *serving)
{
	long status;
	AUTO(json) json_t *version = ask(serving, "/api/version", &status);
	const char *release = json_string_value(json_object_get(version, "version"));
	if (!release)
		return no_answer("/api/version", status);
	serving->release = text_copy(release);
	return NULL;
}

static bool is_up(struct serving *serving)
{
	long status;
	AUTO(json) json_t *health = ask(serving, "/health", &status);
	return json_is_true(json_object_get(health, "status"));
}

/* False once all is known. */
static bool go_on(void *state)
{
	struct serving *serving = state;
	if (clock_monotonic_ms() >= serving->deadline) {
		serving->wrong = error_new(ERR_NO, "the server did not answer /health within %lld s",
					   (long long)serving->trial->wait_s);
		return false;
	}
	if (!is_up(serving))
		return true;
	serving->asked = true;
	serving->wrong = ask_version(serving);
	if (!serving->wrong)
		serving->wrong = ask_config(serving);
	return false;
}

/* ---- */

static void hear(void *state, const char *line)
{
	struct serving *serving = state;
	log_detail("%s", line);
	strings_add(&serving->last, line);
	if (serving->last.count <= LAST_LINES)
		return;
	free(serving->last.items[0]);
	memmove(serving->last.items, serving->last.items + 1, serving->last.count-- * sizeof *serving->last.items);
}

static fallible judge(struct serving *serving, int status)
{
	AUTO(memory) char *failure = child_failure(status);
	struct error *wrong = serving->wrong;
	serving->wrong = NULL;
	if (!wrong && !serving->asked)
		wrong = error_new(ERR_NO, "the server %s before it answered", failure ? failure : "ended");
	for (size_t i = 0; wrong && i < serving->last.count; i++)
		log_warning("it printed: %s", serving->last.items[i]);
	return wrong;
}

static fallible start(struct serving *serving, char *const *environment, const struct strings *secrets)
{
	AUTO(memory) char *port = text_format("%d", serving->port);
	AUTO(memory) char *python = text_copy(serving->trial->python);
	char none_of_ours[] = "-P", at_once[] = "-u", script[] = "-c";
	AUTO(memory) char *text = text_copy(trial_script);
	char *const words[] = {python, none_of_ours, at_once, script, text, port, NULL};
	AUTO(child_run) struct child_run run = {.words = words,
						.environment = environment,
						.line = hear,
						.state = serving,
						.secrets = secrets,
						.go_on = go_on,
						.every_ms = ASK_EVERY_MS,
						.whole = true};
	log_note("starting the server of %s", python);
	TRY(error_hint(child_run(&run), WHICH_PYTHON));
	return judge(serving, run.status);
}

fallible trial_check(const char *python)
{
	int failed = child_look_for(python);
	return failed ? error_hint(error_new(ERR_SETTINGS, "cannot run %s: %s", python, strerror(failed)), WHICH_PYTHON)
		      : NULL;
}

fallible trial_run(const struct trial *trial, char **release)
{
	const struct http_options how = {.connect_timeout_s = 2, .silence_timeout_s = 10, .patience_s = 1};
	AUTO(secrets) struct strings environment = {0}, secrets = {0};
	AUTO(serving) struct serving serving = {.trial = trial, .http = http_new(&how)};
	trial_environment(trial, &environment, &secrets);
	TRY(find_port(&serving.port));
	serving.deadline = clock_monotonic_ms() + trial->wait_s * 1000;
	TRY(start(&serving, environment.items, &secrets));
	*release = serving.release;
	serving.release = NULL;
	return NULL;
}
