/* All that was to be looked at, and what came of each. */
#include "health/report/sections.h"

static const char *word_of(const struct result *result, enum mark *mark)
{
	static const enum mark marks[OUTCOMES] = {[OUTCOME_GOOD] = MARK_GOOD,
						  [OUTCOME_TROUBLE] = MARK_ABSENT,
						  [OUTCOME_UNKNOWN] = MARK_UNKNOWN,
						  [OUTCOME_SKIPPED] = MARK_ABSENT};
	static const enum mark severities[SEVERITIES] = {[SEVERITY_INFO] = MARK_INFO,
							 [SEVERITY_WARNING] = MARK_WARNING,
							 [SEVERITY_CRITICAL] = MARK_CRITICAL};
	*mark = marks[result->outcome];
	for (size_t i = 0; i < result->count; i++)
		if (trouble_counts(&result->troubles[i]) && severities[result->troubles[i].severity] > *mark)
			*mark = severities[result->troubles[i].severity];
	if (*mark != MARK_ABSENT)
		return mark_names[*mark];
	return result->outcome == OUTCOME_SKIPPED ? "not looked at" : "set aside";
}

static void add_row(struct str *out, const struct result *result)
{
	enum mark mark;
	const char *word = word_of(result, &mark);
	html_add(out, "<tr><td>");
	html_add_badge(out, mark, word);
	html_add(out, "</td><td>%s</td><td>%s", result->check->code, result->check->title);
	if (result->why)
		html_add(out, "<br/><span class=\"note\">%s</span>", result->why);
	html_add(out, "</td></tr>\n");
}

static void add_family(struct str *out, const struct results *results, enum family family)
{
	size_t count = 0;
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->check->family != family || result->left_out)
			continue;
		if (!count++)
			html_add(out,
				 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
				 "<table class=\"checks\">\n<caption>%s</caption>\n<thead><tr>"
				 "<th scope=\"col\">State</th><th scope=\"col\">Code</th>"
				 "<th scope=\"col\">What should be so</th></tr></thead>\n<tbody>\n",
				 family_words[family].title, family_words[family].title);
		add_row(out, result);
	}
	if (count)
		html_add(out, "</tbody></table></div>\n");
}

void section_add_checks(struct str *out, const struct results *results)
{
	size_t left_out = 0;
	for (size_t i = 0; i < results->count; i++)
		left_out += results->items[i].left_out;
	html_add(out, "<section id=\"checks\">\n<h2>What was looked at</h2>\n<p>Where a check could not find out, or "
		      "had nothing to look at, the reason stands beside it.</p>\n");
	for (enum family family = FAMILY_REPLICAS; family < FAMILIES; family++)
		add_family(out, results, family);
	if (left_out)
		html_add(out, "<p>%zu more were left out, as was asked for.</p>\n", left_out);
	html_add(out, "</section>\n");
}
