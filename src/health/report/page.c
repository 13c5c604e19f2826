#include "base/clock.h"
#include "base/embed.h"
#include "base/memory.h"
#include "health/report/report.h"
#include "health/report/sections.h"

EMBED_FILE(report_style, "src/health/report/style.css");

/* What all of it comes to, in words for people. */
struct headline {
	enum mark mark;
	const char *word;     /* of the command: "CRITICAL" */
	const char *sentence;
};

static struct headline headline_of_check(const struct tally *tally)
{
	static const struct headline headlines[VERDICTS] = {
		[VERDICT_OK] = {MARK_GOOD, "OK", "All is well"},
		[VERDICT_WARNING] = {MARK_WARNING, "WARNING", "It works, but something needs attention"},
		[VERDICT_CRITICAL] = {MARK_CRITICAL, "CRITICAL", "Something is broken, or data is at risk"},
		[VERDICT_UNKNOWN] = {MARK_UNKNOWN, "UNKNOWN",
				     "Nothing was found, but not everything could be looked at"},
	};
	struct headline headline = headlines[tally_verdict(tally)];
	if (headline.mark == MARK_UNKNOWN && !tally->outcomes[OUTCOME_GOOD])
		headline.sentence = "Nothing could be looked at";
	return headline;
}

static size_t count_of_ready(const struct report *report, enum ready_state state, enum capacity_state figure)
{
	return report->readinesses->states[state] + (report->capacity ? report->capacity->states[figure] : 0);
}

static struct headline headline_of_ready(const struct report *report)
{
	if (report->readinesses->states[READY_UNMET])
		return (struct headline){MARK_CRITICAL, "NOT READY", "Not ready for several replicas yet"};
	if (count_of_ready(report, READY_UNMET, CAPACITY_LACKING))
		return (struct headline){MARK_CRITICAL, "NOT READY",
					 "Ready for several replicas, and not for so many people"};
	if (count_of_ready(report, READY_UNKNOWN, CAPACITY_UNSURE))
		return (struct headline){MARK_UNKNOWN, "UNKNOWN",
					 "Ready for several replicas, as far as can be seen"};
	return (struct headline){MARK_GOOD, "READY", "Ready for several replicas"};
}

/* ---- the head ---- */

static void add_count(struct str *out, enum mark mark, size_t count, const char *what)
{
	if (!count)
		return;
	html_add(out, "<li>");
	html_add_sign(out, mark);
	html_add(out, "<strong>%zu</strong> %s</li>", count, what);
}

static void add_counts_of_check(struct str *out, const struct tally *tally)
{
	add_count(out, MARK_CRITICAL, tally->troubles[SEVERITY_CRITICAL], "critical");
	add_count(out, MARK_WARNING, tally->troubles[SEVERITY_WARNING], "warning");
	add_count(out, MARK_UNKNOWN, tally->outcomes[OUTCOME_UNKNOWN], "could not be told");
	add_count(out, MARK_INFO, tally->troubles[SEVERITY_INFO], "worth knowing");
	add_count(out, MARK_ABSENT, tally->suppressed + tally->known, "set aside");
	add_count(out, MARK_GOOD, tally->outcomes[OUTCOME_GOOD], "good");
	add_count(out, MARK_ABSENT, tally->outcomes[OUTCOME_SKIPPED], "not looked at");
}

static void add_counts_of_ready(struct str *out, const struct report *report)
{
	add_count(out, MARK_CRITICAL, count_of_ready(report, READY_UNMET, CAPACITY_LACKING), "missing");
	add_count(out, MARK_UNKNOWN, count_of_ready(report, READY_UNKNOWN, CAPACITY_UNSURE), "unknown");
	add_count(out, MARK_GOOD, count_of_ready(report, READY_MET, CAPACITY_ENOUGH), "ready");
}

static void add_head(struct str *out, const struct headline *headline, const char *kind)
{
	html_add(out,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		 "<meta http-equiv=\"Content-Security-Policy\" "
		 "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		 "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		 "<meta name=\"referrer\" content=\"no-referrer\"/>\n<meta name=\"robots\" content=\"noindex\"/>\n"
		 "<title>%s: %s</title>\n<style>\n",
		 kind, headline->word);
	str_add(out, report_style);
	html_add(out, "</style>\n</head>\n<body>\n");
}

static void add_header(struct str *out, const struct report *report, const struct headline *headline, const char *kind)
{
	const struct tally tally = results_tally(report->results);
	char time[CLOCK_TEXT_SIZE] = "1970-01-01T00:00:00Z";
	clock_format(report->scene->now, time);
	AUTO(memory) char *shown = text_format("%.10s %.8s UTC", time, time + 11);
	html_add(out, "<header class=\"%s\">\n<p class=\"head\">", mark_names[headline->mark]);
	html_add_badge(out, headline->mark, headline->word);
	html_add(out, " <span>%s</span></p>\n<h1>%s</h1>\n<p>%s</p>\n<ul class=\"counts\">", kind,
		 headline->sentence, report->installation);
	if (report->readinesses)
		add_counts_of_ready(out, report);
	else
		add_counts_of_check(out, &tally);
	html_add(out, "</ul>\n<p class=\"note\">Looked at <time datetime=\"%s\">%s</time> by owctl %s.</p>\n"
		      "</header>\n",
		 time, shown, OWCTL_VERSION);
}

/* The order of the sections; of those that are not there, none is named. */
static void add_contents(struct str *out, const struct report *report)
{
	static const struct {
		const char *id, *title;
		bool of_check, of_ready;
	} links[] = {
		{"requirements", "What several replicas need", false, true},
		{"capacity", "What so many people need", false, true},
		{"picture", "The installation", true, true},
		{"findings", "What was found", true, false},
		{"replicas", "Replica by replica", true, false},
		{"growth", "Growth", true, true},
		{"checks", "What was looked at", true, false},
	};
	html_add(out, "<nav aria-label=\"Contents\"><ul>\n");
	for (size_t i = 0; i < COUNT(links); i++)
		if ((report->readinesses ? links[i].of_ready : links[i].of_check) &&
		    (report->capacity || !text_equal(links[i].id, "capacity")))
			html_add(out, "<li><a href=\"#%s\">%s</a></li>\n", links[i].id, links[i].title);
	html_add(out, "</ul></nav>\n");
}

static void add_footer(struct str *out)
{
	html_add(out, "<footer>\n<p>A code as OW202 names a check: <code>owctl health explain OW202</code> tells "
		      "what it means. This page is what one run has seen, and stays as it is.</p>\n</footer>\n"
		      "</body>\n</html>\n");
}

/* ---- all of it ---- */

void report_add(struct str *out, const struct report *report)
{
	const struct tally tally = results_tally(report->results);
	const struct headline headline = report->readinesses ? headline_of_ready(report)
							     : headline_of_check(&tally);
	const char *kind = report->readinesses ? "Open WebUI, ready for several replicas?" : "Open WebUI, health check";
	AUTO(spots) struct spots spots = {0};
	spots_find(report->scene, report->results, &spots);
	add_head(out, &headline, kind);
	add_header(out, report, &headline, kind);
	add_contents(out, report);
	html_add(out, "<main>\n");
	if (report->readinesses)
		section_add_requirements(out, report->readinesses);
	if (report->capacity)
		section_add_capacity(out, report->capacity);
	section_add_picture(out, report->scene, &spots);
	if (!report->readinesses) {
		section_add_findings(out, report->results);
		section_add_set_aside(out, report->results);
		section_add_matrix(out, report->scene, &spots);
	}
	section_add_growth(out, &report->scene->growth);
	if (!report->readinesses)
		section_add_checks(out, report->results);
	html_add(out, "</main>\n");
	add_footer(out);
}
