/* What the probes share: programs that take a layer's calls as lines of JSON, {"do": "open", ..}, and answer each with a
 * line. An error is {"status": .., "message": .., "hint": ..}; the status of the last one is the program's. */
#ifndef TESTS_REAL_PROBE_H
#define TESTS_REAL_PROBE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cancel.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"

struct probe {
	const struct probe_command {
		const char *name;
		fallible (*run)(const json_t *command, json_t *answer);
	} *commands; /* ends with a NULL name */
	bool keeps_partial; /* what was answered before an error stays in the answer */
	void (*finish)(json_t *answer); /* adds to every answer; NULL: nothing */
};

static inline const char *text_of(const json_t *command, const char *key)
{
	return json_string_value(json_object_get(command, key));
}

static inline int64_t number_of(const json_t *command, const char *key)
{
	return json_integer_value(json_object_get(command, key));
}

static inline fallible probe_dispatch(const struct probe *probe, const json_t *command, json_t *answer)
{
	for (const struct probe_command *known = probe->commands; known->name; known++)
		if (text_equal(text_of(command, "do"), known->name))
			return known->run(command, answer);
	return error_new(ERR_USAGE, "unknown command");
}

static inline int probe_answer(const struct probe *probe, const char *line)
{
	AUTO(json) json_t *command = json_loads(line, JSON_ALLOW_NUL, NULL);
	AUTO(json) json_t *answer = json_object();
	AUTO(error) struct error *error = probe_dispatch(probe, command, answer);
	if (error) {
		AUTO(memory) char *text = error_text(error);
		const char *hint = error_hint_text(error);
		if (!probe->keeps_partial)
			json_object_clear(answer);
		json_object_set_new(answer, "status", json_integer((int)error->code));
		json_object_set_new(answer, "message", json_string(text));
		json_object_set_new(answer, "hint", hint ? json_string(hint) : json_null());
	}
	if (probe->finish)
		probe->finish(answer);
	AUTO(memory) char *out = json_dumps(answer, JSON_COMPACT);
	puts(out);
	fflush(stdout);
	return error ? (int)error->code : 0;
}

/* After probe_begin; until there are no more lines. */
static inline int probe_run(const struct probe *probe)
{
	AUTO(memory) char *line = NULL;
	size_t room = 0;
	int status = 0;
	while (getline(&line, &room, stdin) > 0) {
		int failed = probe_answer(probe, line);
		status = failed ? failed : status;
	}
	return status;
}

static inline void probe_begin(void)
{
	cancel_install();
	log_setup(LOG_DEBUGGING, false);
}

#endif
