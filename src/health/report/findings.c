/* What was found: a card for each check and severity, however many places it was found in. */
#include "health/report/sections.h"

static const enum mark marks_of_severity[SEVERITIES] = {
	[SEVERITY_INFO] = MARK_INFO, [SEVERITY_WARNING] = MARK_WARNING, [SEVERITY_CRITICAL] = MARK_CRITICAL};

/* The findings of a check that are of one severity and count. */
struct group {
	const struct result *result;
	enum severity severity;
	size_t count;
	const struct trouble *first;
	bool one_remedy; /* it is the same for all of them */
};

static bool is_of(const struct trouble *trouble, enum severity severity)
{
	return trouble->severity == severity && trouble_counts(trouble);
}

static const char *remedy_of(const struct check *check, const struct trouble *trouble)
{
	return trouble->remedy ? trouble->remedy : check->remedy;
}

static struct group group_of(const struct result *result, enum severity severity)
{
	struct group group = {.result = result, .severity = severity, .one_remedy = true};
	for (size_t i = 0; i < result->count; i++) {
		const struct trouble *trouble = &result->troubles[i];
		if (!is_of(trouble, severity))
			continue;
		group.first = group.first ? group.first : trouble;
		group.one_remedy &= text_equal(remedy_of(result->check, trouble),
					       remedy_of(result->check, group.first));
		group.count++;
	}
	return group;
}

static void add_what(struct str *out, const struct trouble *trouble)
{
	if (trouble->subject)
		html_add(out, "<span class=\"subject\">%s</span> ", trouble->subject);
	html_add_prose(out, trouble->what);
}

static void add_remedy(struct str *out, const char *remedy)
{
	html_add(out, "<dt>What to do</dt><dd class=\"remedy\">");
	html_add_prose(out, remedy);
	html_add(out, "</dd>");
}

static void add_cases(struct str *out, const struct group *group)
{
	html_add(out, "<ul class=\"cases\">\n");
	for (size_t i = 0; i < group->result->count; i++) {
		const struct trouble *trouble = &group->result->troubles[i];
		if (!is_of(trouble, group->severity))
			continue;
		html_add(out, "<li>");
		add_what(out, trouble);
		if (!group->one_remedy) {
			html_add(out, "<dl>");
			add_remedy(out, remedy_of(group->result->check, trouble));
			html_add(out, "</dl>");
		}
		html_add(out, "</li>\n");
	}
	html_add(out, "</ul>\n");
}

static void add_card(struct str *out, const struct group *group)
{
	const struct check *check = group->result->check;
	const char *severity = severity_names[group->severity];
	html_add(out, "<article class=\"card %s\" id=\"%s-%s\">\n<p class=\"head\">", severity, check->code, severity);
	html_add_badge(out, marks_of_severity[group->severity], severity);
	html_add(out, " <span>%s</span> <span>%s%s</span></p>\n<h3>", check->code, family_words[check->family].title,
		 check->certainty == CERTAINTY_LIKELY ? ", likely" : "");
	if (group->count == 1)
		add_what(out, group->first);
	else
		html_add(out, "Not so in %zu cases: %s", group->count, check->title);
	html_add(out, "</h3>\n");
	if (group->count > 1)
		add_cases(out, group);
	html_add(out, "<dl>");
	if (group->one_remedy)
		add_remedy(out, remedy_of(check, group->first));
	html_add(out, "<dt>What it means</dt><dd>");
	html_add_prose(out, check->why);
	html_add(out, "</dd></dl>\n");
	if (check->page && text_starts(check->page, "https://"))
		html_add(out, "<p class=\"more\">More: <a href=\"%s\" rel=\"noreferrer\">%s</a></p>\n", check->page,
			 check->page);
	html_add(out, "</article>\n");
}

static void add_of_severity(struct str *out, const struct results *results, enum severity severity)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct group group = group_of(&results->items[i], severity);
		if (group.count)
			add_card(out, &group);
	}
}

void section_add_findings(struct str *out, const struct results *results)
{
	const struct tally tally = results_tally(results);
	html_add(out, "<section id=\"findings\">\n<h2>What was found</h2>\n");
	if (!tally.troubles[SEVERITY_CRITICAL] && !tally.troubles[SEVERITY_WARNING])
		html_add(out, "<p>Nothing that needs anybody.</p>\n");
	add_of_severity(out, results, SEVERITY_CRITICAL);
	add_of_severity(out, results, SEVERITY_WARNING);
	html_add(out, "</section>\n");
	if (!tally.troubles[SEVERITY_INFO])
		return;
	html_add(out, "<section id=\"knowing\">\n<h2>Worth knowing</h2>\n");
	add_of_severity(out, results, SEVERITY_INFO);
	html_add(out, "</section>\n");
}

/* ---- what does not count ---- */

static void add_uncounted(struct str *out, const struct check *check, const struct trouble *trouble)
{
	html_add(out, "<li>");
	html_add_badge(out, MARK_ABSENT, trouble->suppressed ? "ignored" : "known");
	html_add(out, " ");
	add_what(out, trouble);
	html_add(out, " (%s, %s)", check->code, severity_names[trouble->severity]);
	if (trouble->suppressed)
		html_add(out, "<br/>Reason: %s", trouble->suppressed);
	html_add(out, "</li>\n");
}

void section_add_set_aside(struct str *out, const struct results *results)
{
	const struct tally tally = results_tally(results);
	if (!tally.suppressed && !tally.known)
		return;
	html_add(out, "<section id=\"aside\">\n<h2>Set aside</h2>\n<p>These were found as well, and do not count: "
		      "somebody has decided to live with them for a while, or they were there before.</p>\n"
		      "<ul class=\"cases\">\n");
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++)
			if (!trouble_counts(&results->items[i].troubles[j]))
				add_uncounted(out, results->items[i].check, &results->items[i].troubles[j]);
	html_add(out, "</ul>\n</section>\n");
}
