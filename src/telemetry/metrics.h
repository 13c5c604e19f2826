/* What a run has to tell a monitor: gauges, which metrics_write puts into a file in Prometheus' text format (version
 * 0.0.4) for the textfile collector of node_exporter, and telemetry/batch.h sends. */
#ifndef TELEMETRY_METRICS_H
#define TELEMETRY_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct metric_sample {
	struct strings labels; /* name, value, name, value, .. */
	double value;
};
struct metric_family {
	char *name; /* "owctl_health_verdict" */
	char *help;
	struct metric_sample *samples;
	size_t count, room;
};

struct metric_label {
	const char *name, *value; /* borrowed */
};

#define METRIC_LABELS_MOST 2

struct metrics {
	const char *job; /* the metrics are called owctl_JOB_.. */
	struct metric_label labels[METRIC_LABELS_MOST]; /* of what metrics_add and metrics_end add */
	size_t label_count;
	int64_t started; /* ms, as clock_monotonic_ms */
	struct metric_family *families;
	size_t count, room;
};
void metrics_begin(struct metrics *metrics, const char *job);
void metrics_cleanup(struct metrics *metrics);

/* From now on; nothing for a `value` that is NULL. */
void metrics_label(struct metrics *metrics, const char *name, const char *value);

/* A gauge owctl_JOB_name; `help`: one sentence. Each name once. */
void metrics_add(struct metrics *metrics, const char *name, const char *help, double value);

/* The same with any number of samples of the family that was begun last, each told from the others by its labels. */
void metrics_begin_family(struct metrics *metrics, const char *name, const char *help);
void metrics_add_sample(struct metrics *metrics, const struct metric_label *labels, size_t count, double value);

/* Whether `path` is one that metrics_write could write: see file_check_replace. */
fallible metrics_check(const char *path) MUST_CHECK;

/* Adds whether it went well, how long it took, when it ended and when it last went well, which where it did not is what
 * the file at `path` said before; NULL: nobody knows. */
void metrics_end(struct metrics *metrics, const char *path, bool success);

/* The same, and puts all in the place of the file, for everybody to read. */
fallible metrics_write(struct metrics *metrics, const char *path, bool success) MUST_CHECK;

#endif
