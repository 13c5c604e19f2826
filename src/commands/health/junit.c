/* JUnit XML, as CI systems read it: a test suite for each family, a test case for each check. */
#include <string.h>

#include "base/markup.h"
#include "commands/health/health.h"

static void add_escaped(struct str *out, const char *text)
{
	if (text)
		markup_add(out, text, strlen(text));
}

static void add_attribute(struct str *out, const char *name, const char *value)
{
	str_add_format(out, " %s=\"", name);
	add_escaped(out, value);
	str_add_char(out, '"');
}

static bool fails(const struct trouble *trouble)
{
	return trouble_counts(trouble) && trouble->severity > SEVERITY_INFO;
}

static void add_failure(struct str *out, const struct check *check, const struct trouble *trouble)
{
	str_add(out, "      <failure");
	add_attribute(out, "type", severity_names[trouble->severity]);
	str_add(out, " message=\"");
	add_escaped(out, trouble->subject);
	str_add(out, trouble->subject ? " " : "");
	add_escaped(out, trouble->what);
	str_add(out, "\">");
	add_escaped(out, trouble->remedy ? trouble->remedy : check->remedy);
	str_add(out, "</failure>\n");
}

static void add_case(struct str *out, const struct result *result)
{
	str_add(out, "    <testcase");
	add_attribute(out, "classname", family_words[result->check->family].name);
	str_add_format(out, " name=\"%s ", result->check->code);
	add_escaped(out, result->check->title);
	str_add(out, "\">\n");
	for (size_t i = 0; i < result->count; i++)
		if (fails(&result->troubles[i]))
			add_failure(out, result->check, &result->troubles[i]);
	if (result->outcome == OUTCOME_SKIPPED || result->outcome == OUTCOME_UNKNOWN) {
		str_add_format(out, "      <%s", result->outcome == OUTCOME_SKIPPED ? "skipped" : "error");
		add_attribute(out, "message", result->why);
		str_add(out, "/>\n");
	}
	str_add(out, "    </testcase>\n");
}

struct counts {
	size_t tests, failures, errors, skipped;
};

static struct counts count(const struct results *results, enum family family)
{
	struct counts counts = {0};
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		bool failed = false;
		if (result->check->family != family || result->left_out)
			continue;
		for (size_t j = 0; j < result->count; j++)
			failed |= fails(&result->troubles[j]);
		counts.tests++;
		counts.failures += failed;
		counts.errors += result->outcome == OUTCOME_UNKNOWN;
		counts.skipped += result->outcome == OUTCOME_SKIPPED;
	}
	return counts;
}

void health_add_junit(struct str *out, const struct results *results)
{
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"owctl health check\">\n");
	for (enum family family = FAMILY_REPLICAS; family < FAMILIES; family++) {
		struct counts counts = count(results, family);
		if (!counts.tests)
			continue;
		str_add_format(out,
			       "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
			       "skipped=\"%zu\">\n",
			       family_words[family].name, counts.tests, counts.failures, counts.errors,
			       counts.skipped);
		for (size_t i = 0; i < results->count; i++)
			if (results->items[i].check->family == family && !results->items[i].left_out)
				add_case(out, &results->items[i]);
		str_add(out, "  </testsuite>\n");
	}
	str_add(out, "</testsuites>\n");
}
