/* The gauges of --metrics, by the same names. */
#include "health/otlp/message.h"

#include "base/str.h"

static json_t *point_of(const struct metric_sample *sample, int64_t us)
{
	json_t *attributes = json_array();
	for (size_t i = 0; i + 1 < sample->labels.count; i += 2)
		otlp_add_text(attributes, sample->labels.items[i], sample->labels.items[i + 1]);
	json_t *point = json_pack("{s:o, s:f}", "attributes", attributes, "asDouble", sample->value);
	otlp_set_time(point, "timeUnixNano", us);
	return point;
}

static void add_family(json_t *list, const struct metric_family *family, int64_t us, size_t *count)
{
	if (!family->count)
		return; /* a metric has points, or is not there */
	json_t *points = json_array();
	for (size_t i = 0; i < family->count; i++)
		json_array_append_new(points, point_of(&family->samples[i], us));
	*count += family->count;
	/* Without a unit but that of times: Prometheus would get another name for one. */
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:{s:o}}", "name", family->name, "description",
					      family->help, "unit", text_ends(family->name, "_seconds") ? "s" : "",
					      "gauge", "dataPoints", points));
}

json_t *otlp_metrics(const struct metrics *metrics, const struct scene *scene, size_t *count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < metrics->count; i++)
		add_family(list, &metrics->families[i], scene->ended_us, count);
	return otlp_message(scene, "resourceMetrics", "scopeMetrics", "metrics", list);
}
