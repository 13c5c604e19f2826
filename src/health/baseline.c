#include "health/baseline.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define FILE_LIMIT ((size_t)16 << 20)

static bool is_row(const json_t *row)
{
	return json_is_string(json_object_get(row, "code")) && json_is_string(json_object_get(row, "state"));
}

fallible baseline_read(const char *path, json_t **baseline)
{
	AUTO(str) struct str text = {0};
	json_error_t why;
	TRY(file_read(path, FILE_LIMIT, &text));
	json_auto_t *rows = json_loadb(str_text(&text), text.size, 0, &why);
	bool fine = json_is_array(rows);
	for (size_t i = 0; fine && i < json_array_size(rows); i++)
		fine = is_row(json_array_get(rows, i));
	if (!fine)
		return error_hint(error_new(ERR_INPUT, "%s is not what a health check has printed", path),
				  "make one with `owctl health check -o json > %s`", path);
	*baseline = json_incref(rows);
	return NULL;
}

static int severity_of(const char *state)
{
	for (int severity = SEVERITY_INFO; severity < SEVERITIES; severity++)
		if (!strcmp(state, severity_names[severity]))
			return severity;
	return -1; /* nothing was found */
}

static bool has(const json_t *baseline, const struct check *check, const struct trouble *trouble)
{
	for (size_t i = 0; i < json_array_size(baseline); i++) {
		const json_t *row = json_array_get(baseline, i);
		const char *code = json_string_value(json_object_get(row, "code"));
		const char *state = json_string_value(json_object_get(row, "state"));
		const char *subject = json_string_value(json_object_get(row, "subject"));
		if (json_is_string(json_object_get(row, "suppressed")))
			continue; /* when that ends, it counts again */
		if (!strcmp(code, check->code) && text_equal(subject, trouble->subject) &&
		    severity_of(state) >= (int)trouble->severity)
			return true;
	}
	return false;
}

void baseline_apply(const json_t *baseline, struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++) {
			struct trouble *trouble = &results->items[i].troubles[j];
			trouble->known = has(baseline, results->items[i].check, trouble);
		}
}
