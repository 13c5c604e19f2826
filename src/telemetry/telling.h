/* What is told of a run of a command when it is over: one trace, whose root span is the command and below which are its
 * phases (base/phase.h) and what the command adds, and gauges. Where nobody is to be told (telemetry/otlp.h says where
 * to), nothing is made, and nothing asked.
 *
 * Who waits for telemetry never has to wait for owctl: it has TELLING_MS at the end of a command, and what does not get
 * there is a warning. It changes no exit status, but for a command that was told to send (telling_aim).
 *
 * The trace id is the run's own id (base/run_id.h) where that is a UUID or 32 hexadecimal digits, or else the first 32
 * digits of its SHA-256: so who knows the one finds the other. With TRACEPARENT in the environment
 * (https://www.w3.org/TR/trace-context/) the command is a span of that trace, and none where the trace is not
 * recorded. */
#ifndef TELEMETRY_TELLING_H
#define TELEMETRY_TELLING_H

#include "telemetry/otlp.h"

#define TELLING_MS 2000
#define TELLING_CONNECT_MS 1000
#define TELLING_PARTING_MS 500 /* of a run that a signal has ended */

struct telling {
	const char *command;       /* "user list"; borrowed, as the settings are while the command runs */
	struct settings *settings; /* NULL: nothing is told */
	int64_t begun_us, begun_ms; /* since 1970, and as clock_monotonic_ms */
	bool aimed;                /* `target` is known */
	struct otlp_target target;
	struct otlp_batch batch;   /* there are lists in it where there is a target */
	bool unrecorded;           /* who is the parent records no trace */
	char parent[2 * OTLP_SPAN_SIZE + 1]; /* "": none */
	bool done;                 /* sent, or tried to */
};
void telling_begin(struct telling *telling, const char *command, struct settings *settings);
void telling_cleanup(struct telling *telling);

/* Whether anybody is to be told. What is wrong with the settings for that is a warning. */
bool telling_wanted(struct telling *telling);

/* For a command that sends of its own, and fails where it can't: to `url`, or where the settings of owctl say so
 * (OWCTL_OTLP_ENDPOINT); *aimed tells whether there is such a place. ERR_SETTINGS as otlp_target_read. */
fallible telling_aim(struct telling *telling, const char *url, bool *aimed) MUST_CHECK;

/* The command's own gauges; nothing where they are not wanted. */
void telling_add_metrics(struct telling *telling, const struct metrics *metrics);

/* An attribute of the root; nothing where nobody is to be told. */
void telling_add_text(struct telling *telling, const char *key, const char *value);
void telling_add_number(struct telling *telling, const char *key, int64_t value);

struct telling_end {
	const struct error *error; /* NULL: it went well */
	int status;                /* what the process ends with */
	const char *changed;       /* "no", "yes", "unknown"; NULL: it is no command that changes */
	bool dry_run;              /* of which there is a trace, but no gauges: it is no run of what it tries */
};
/* The end of the root span, and the command's gauges, for who sends before the run is over. */
void telling_conclude(struct telling *telling, const struct telling_end *end);
/* The same, unless it is done; and the file of OWCTL_METRICS_DIR. The settings are not asked again. */
void telling_end(struct telling *telling, const struct telling_end *end);

/* Sends all, within `within_ms`; what is not sent then never is. ERR_UNREACHABLE as otlp_send. */
fallible telling_send(struct telling *telling, const struct otlp_patience *patience) MUST_CHECK;
/* The same at the end of a run, unless the command has done so. */
void telling_send_last(struct telling *telling);

/* ---- telling_file.c, for telling.c: gauges of the command, as a file for Prometheus' node_exporter ---- */

/* FOLDER/owctl_user_list.prom of OWCTL_METRICS_DIR, or FOLDER/owctl_user_list_PROFILE.prom with the name of the profile
 * percent-encoded. What a failed run can't know of the last good one stands in the file. */
void telling_measure(const struct telling *telling, const struct telling_end *end, struct metrics *metrics);
fallible telling_write_file(const struct telling *telling, const struct telling_end *end) MUST_CHECK;

/* ---- for tests ---- */

/* 32 digits for the id of a run. */
void trace_of_run(const char *run, char trace[static 2 * OTLP_TRACE_SIZE + 1]);
/* False: `text` is no traceparent, and nothing is written. */
bool trace_parent_parse(const char *text, char trace[static 2 * OTLP_TRACE_SIZE + 1],
			char span[static 2 * OTLP_SPAN_SIZE + 1], bool *recorded);

#endif
