#include "backup/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	str_cleanup(&metrics->samples);
}

/* In a value backslash, quote and newline are escaped. */
static void add_label(struct str *out, const struct metric_label *label)
{
	str_add_format(out, "%s=\"", label->name);
	for (const char *c = label->value; *c; c++)
		if (*c == '\n')
			str_add(out, "\\n");
		else
			str_add_format(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
	str_add_char(out, '"');
}

/* `owctl_JOB_name{name="value",..} `, without braces where there are no labels. */
static void add_start(struct str *out, const struct metrics *metrics, const char *name,
		      const struct metric_label *labels, size_t count)
{
	str_add_format(out, "owctl_%s_%s", metrics->job, name);
	for (size_t i = 0; i < count; i++) {
		str_add_char(out, i ? ',' : '{');
		add_label(out, &labels[i]);
	}
	str_add(out, count ? "} " : " ");
}

void metrics_begin_family(struct metrics *metrics, const char *name, const char *help)
{
	str_add_format(&metrics->samples, "# HELP owctl_%s_%s %s\n", metrics->job, name, help);
	str_add_format(&metrics->samples, "# TYPE owctl_%s_%s gauge\n", metrics->job, name);
}

void metrics_add_sample(struct metrics *metrics, const char *name, const struct metric_label *labels, size_t count,
			double value)
{
	add_start(&metrics->samples, metrics, name, labels, count);
	str_add_format(&metrics->samples, "%.15g\n", value);
}

void metrics_add(struct metrics *metrics, const char *name, const char *help, double value)
{
	const struct metric_label label = {"label", metrics->label};
	metrics_begin_family(metrics, name, help);
	metrics_add_sample(metrics, name, &label, metrics->label != NULL, value);
}

/* 0: nobody knows of one. */
static double last_success(const struct metrics *metrics, const char *path)
{
	AUTO(str) struct str before = {0};
	AUTO(str) struct str start = {0};
	AUTO(strings) struct strings lines = {0};
	if (!file_exists(path))
		return 0;
	error_ignore(file_read(path, FILE_LIMIT, &before)); /* what can't be read says nothing */
	const struct metric_label label = {"label", metrics->label};
	add_start(&start, metrics, LAST_SUCCESS, &label, metrics->label != NULL);
	strings_split(&lines, str_text(&before), '\n');
	for (size_t i = 0; i < lines.count; i++)
		if (text_starts(lines.items[i], str_text(&start)))
			return strtod(lines.items[i] + start.size, NULL);
	return 0;
}

fallible metrics_check(const char *path)
{
	AUTO(memory) char *folder = file_folder(path);
	return access(folder, W_OK | X_OK)
		       ? error_hint(error_system(errno, "cannot write metrics into the folder %s", folder),
				    "--metrics takes a file in the folder that node_exporter reads")
		       : NULL;
}

fallible metrics_write(struct metrics *metrics, const char *path, bool success)
{
	double now = (double)clock_now(), taken = (double)(clock_monotonic_ms() - metrics->started) / 1000;
	double last = success ? now : last_success(metrics, path);
	metrics_add(metrics, "success", "Whether the last run went well.", success);
	metrics_add(metrics, "last_run_timestamp_seconds", "When the last run ended.", now);
	if (last > 0)
		metrics_add(metrics, LAST_SUCCESS, "When the last run that went well ended.", last);
	metrics_add(metrics, "duration_seconds", "How long the last run took.", taken);
	return file_publish(path, str_text(&metrics->samples), metrics->samples.size);
}
