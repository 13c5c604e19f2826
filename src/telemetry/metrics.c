#include "telemetry/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

#define FILE_LIMIT ((size_t)1 << 20)
#define LAST_SUCCESS "last_success_timestamp_seconds"

void metrics_begin(struct metrics *metrics, const char *job)
{
	*metrics = (struct metrics){.job = job, .started = clock_monotonic_ms()};
}

void metrics_cleanup(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->count; i++) {
		struct metric_family *family = &metrics->families[i];
		for (size_t j = 0; j < family->count; j++)
			strings_cleanup(&family->samples[j].labels);
		free(family->samples);
		free(family->name);
		free(family->help);
	}
	free(metrics->families);
}

static char *name_of(const struct metrics *metrics, const char *name)
{
	return text_format("owctl_%s_%s", metrics->job, name);
}

void metrics_begin_family(struct metrics *metrics, const char *name, const char *help)
{
	if (metrics->count == metrics->room) {
		metrics->room = metrics->room ? 2 * metrics->room : 8;
		metrics->families = mem_resize(metrics->families, metrics->room, sizeof *metrics->families);
	}
	metrics->families[metrics->count++] =
		(struct metric_family){.name = name_of(metrics, name), .help = text_copy(help)};
}

void metrics_add_sample(struct metrics *metrics, const struct metric_label *labels, size_t count, double value)
{
	struct metric_family *family = &metrics->families[metrics->count - 1];
	if (family->count == family->room) {
		family->room = family->room ? 2 * family->room : 2;
		family->samples = mem_resize(family->samples, family->room, sizeof *family->samples);
	}
	struct metric_sample *sample = &family->samples[family->count++];
	*sample = (struct metric_sample){.value = value};
	for (size_t i = 0; i < count; i++) {
		strings_add(&sample->labels, labels[i].name);
		strings_add(&sample->labels, labels[i].value);
	}
}

void metrics_label(struct metrics *metrics, const char *name, const char *value)
{
	if (value)
		metrics->labels[metrics->label_count++] = (struct metric_label){name, value};
}

void metrics_add(struct metrics *metrics, const char *name, const char *help, double value)
{
	metrics_begin_family(metrics, name, help);
	metrics_add_sample(metrics, metrics->labels, metrics->label_count, value);
}

/* ---- as Prometheus' text ---- */

/* In a value backslash, quote and newline are escaped. */
static void add_label(struct str *out, const char *name, const char *value)
{
	str_add_format(out, "%s=\"", name);
	for (const char *c = value; *c; c++)
		if (*c == '\n')
			str_add(out, "\\n");
		else
			str_add_format(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
	str_add_char(out, '"');
}

/* `owctl_JOB_name{name="value",..} `, without braces where there are no labels. */
static void add_start(struct str *out, const char *name, const struct strings *labels)
{
	str_add(out, name);
	for (size_t i = 0; i + 1 < labels->count; i += 2) {
		str_add_char(out, i ? ',' : '{');
		add_label(out, labels->items[i], labels->items[i + 1]);
	}
	str_add(out, labels->count ? "} " : " ");
}

static void add_family(struct str *out, const struct metric_family *family)
{
	str_add_format(out, "# HELP %s %s\n# TYPE %s gauge\n", family->name, family->help, family->name);
	for (size_t i = 0; i < family->count; i++) {
		add_start(out, family->name, &family->samples[i].labels);
		str_add_format(out, "%.15g\n", family->samples[i].value);
	}
}

/* 0: nobody knows of one. */
static double last_success(const struct metrics *metrics, const char *path)
{
	AUTO(str) struct str before = {0};
	AUTO(str) struct str start = {0};
	AUTO(strings) struct strings lines = {0}, labels = {0};
	AUTO(memory) char *name = name_of(metrics, LAST_SUCCESS);
	if (!path || !file_exists(path))
		return 0;
	error_ignore(file_read(path, FILE_LIMIT, &before)); /* what can't be read says nothing */
	for (size_t i = 0; i < metrics->label_count; i++) {
		strings_add(&labels, metrics->labels[i].name);
		strings_add(&labels, metrics->labels[i].value);
	}
	add_start(&start, name, &labels);
	strings_split(&lines, str_text(&before), '\n');
	for (size_t i = 0; i < lines.count; i++)
		if (text_starts(lines.items[i], str_text(&start)))
			return strtod(lines.items[i] + start.size, NULL);
	return 0;
}

fallible metrics_check(const char *path)
{
	struct error *error = file_check_replace(path);
	return error ? error_hint(error, "--metrics takes a file in the folder that node_exporter reads") : NULL;
}

void metrics_end(struct metrics *metrics, const char *path, bool success)
{
	double now = (double)clock_now(), taken = (double)(clock_monotonic_ms() - metrics->started) / 1000;
	double last = success ? now : last_success(metrics, path);
	metrics_add(metrics, "success", "Whether the last run went well.", success);
	metrics_add(metrics, "last_run_timestamp_seconds", "When the last run ended.", now);
	if (last > 0)
		metrics_add(metrics, LAST_SUCCESS, "When the last run that went well ended.", last);
	metrics_add(metrics, "duration_seconds", "How long the last run took.", taken);
}

fallible metrics_write(struct metrics *metrics, const char *path, bool success)
{
	metrics_end(metrics, path, success);
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < metrics->count; i++)
		add_family(&text, &metrics->families[i]);
	return file_publish(path, str_text(&text), text.size);
}
