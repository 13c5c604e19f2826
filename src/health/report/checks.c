/* All that was to be looked at, and what came of each. What had nothing to look at is gathered by the reason. */
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
	return *mark == MARK_ABSENT ? "set aside" : mark_names[*mark];
}

static void add_check(struct str *out, const struct check *check)
{
	html_add(out, "%s <span class=\"code\">%s</span>", check->title, check->code);
}

static void add_row(struct str *out, const struct result *result)
{
	enum mark mark;
	const char *word = word_of(result, &mark);
	html_add(out, "<tr><td>");
	html_add_badge(out, mark, word);
	html_add(out, "</td><td>");
	add_check(out, result->check);
	if (result->why)
		html_add(out, "<br/><span class=\"note\">%s</span>", result->why);
	html_add(out, "</td></tr>\n");
}

static bool is_skipped(const struct result *result, enum family family)
{
	return result->check->family == family && result->outcome == OUTCOME_SKIPPED && !result->left_out;
}

static void add_skipped_for(struct str *out, const struct results *results, enum family family, const char *why)
{
	html_add(out, "<tr><td>");
	html_add_badge(out, MARK_ABSENT, "not looked at");
	html_add(out, "</td><td>%s:", why);
	for (size_t i = 0; i < results->count; i++) {
		if (!is_skipped(&results->items[i], family) || !text_equal(results->items[i].why, why))
			continue;
		html_add(out, "<br/><span class=\"note\">");
		add_check(out, results->items[i].check);
		html_add(out, "</span>");
	}
	html_add(out, "</td></tr>\n");
}

static void add_skipped(struct str *out, const struct results *results, enum family family)
{
	AUTO(strings) struct strings told = {0};
	for (size_t i = 0; i < results->count; i++) {
		const char *why = results->items[i].why;
		if (!is_skipped(&results->items[i], family) || strings_have(&told, why))
			continue;
		strings_add(&told, why);
		add_skipped_for(out, results, family, why);
	}
}

static void add_family(struct str *out, const struct results *results, enum family family)
{
	bool any = false;
	for (size_t i = 0; i < results->count; i++)
		any |= results->items[i].check->family == family && !results->items[i].left_out;
	if (!any)
		return;
	html_add(out,
		 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>\n"
		 "<caption>%s</caption>\n<thead><tr><th scope=\"col\">State</th>"
		 "<th scope=\"col\">What should be so</th></tr></thead>\n<tbody>\n",
		 family_words[family].title, family_words[family].title);
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].check->family == family && results->items[i].outcome != OUTCOME_SKIPPED)
			add_row(out, &results->items[i]);
	add_skipped(out, results, family);
	html_add(out, "</tbody></table></div>\n");
}

void section_add_checks(struct str *out, const struct results *results)
{
	size_t left_out = 0;
	for (size_t i = 0; i < results->count; i++)
		left_out += results->items[i].left_out;
	html_add(out, "<section id=\"checks\">\n<h2>What was looked at</h2>\n<p>Where a check could not find out, or "
		      "had nothing to look at, the reason stands with it.</p>\n<div class=\"families\">\n");
	for (enum family family = FAMILY_REPLICAS; family < FAMILIES; family++)
		add_family(out, results, family);
	html_add(out, "</div>\n");
	if (left_out)
		html_add(out, "<p>%zu more were left out, as was asked for.</p>\n", left_out);
	html_add(out, "</section>\n");
}
