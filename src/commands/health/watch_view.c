/* What `owctl health watch` shows: the screen on a terminal, and lines elsewhere. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/screen.h"
#include "commands/health/health.h"
#include "commands/health/watching.h"

#define HEAD_LINES 4 /* verdict, installation, headings and the blank line before them */
#define FOOT_LINES 1

static const char *state_of(const struct watched *one)
{
	return one->trouble ? severity_names[one->trouble->severity] : "unknown";
}

static const char *what_of(const struct watched *one)
{
	return one->trouble ? one->trouble->what : one->result->why;
}

static const char *subject_of(const struct watched *one)
{
	return one->trouble && one->trouble->subject ? one->trouble->subject : "";
}

/* ---- the screen ---- */

static void add_head(struct str *out, const struct watch_view *view)
{
	char time[CLOCK_TEXT_SIZE] = "";
	if (!view->found) {
		str_add(out, "looking for the first time ..\n\n");
		return;
	}
	const struct tally tally = results_tally(&view->found->results);
	clock_format(view->found->scene.now, time);
	str_add_format(out, "%s: %zu critical, %zu warning, %zu info, %zu good    %s, %s\n",
		       verdict_names[tally_verdict(&tally)], tally.troubles[SEVERITY_CRITICAL],
		       tally.troubles[SEVERITY_WARNING], tally.troubles[SEVERITY_INFO], tally.outcomes[OUTCOME_GOOD],
		       time, view->looking ? "looking again" : "");
	out->size -= view->looking ? 1 : 3; /* the end of line, and the comma without a word */
	if (!view->looking)
		str_add_format(out, ", again in %lld s", (long long)view->next_s);
	str_add_char(out, '\n');
	health_add_installation(out, &view->found->scene);
	str_add_char(out, '\n');
}

static void add_foot(struct str *out, const struct watch_view *view)
{
	if (view->opened)
		str_add(out, "Esc back   q quit");
	else
		str_add_format(out, "arrows select   Enter opens   s sorts (by %s)   r looks now   q quit",
			       watch_order_names[view->order]);
}

/* The first one that is shown, so that the selected one is. */
static size_t first_shown(const struct watch_view *view, size_t room)
{
	return view->selected >= room ? view->selected - room + 1 : 0;
}

static int64_t add_list(struct str *out, const struct watch_view *view, size_t room)
{
	int64_t marked = -1;
	size_t first = first_shown(view, room);
	str_add_format(out, "\n%-9s %-6s %-28s %s\n", "STATE", "CODE", "SUBJECT", "WHAT");
	for (size_t i = 0; i < room; i++) {
		size_t at = first + i;
		if (at < view->count) {
			const struct watched *one = &view->list[at];
			str_add_format(out, "%-9s %-6s %-28s %s", state_of(one), one->check->code, subject_of(one),
				       what_of(one));
		}
		if (at == view->selected && view->count)
			marked = HEAD_LINES + (int64_t)i;
		str_add_char(out, '\n');
	}
	return marked;
}

static void add_paragraph(struct str *out, const char *heading, const char *text, size_t width)
{
	str_add_format(out, "\n%s\n  ", heading);
	screen_wrap(out, text, 2, width);
	str_add_char(out, '\n');
}

static void add_page(struct str *out, const struct watched *one, size_t width)
{
	AUTO(memory) char *what = text_format("%s%s%s", subject_of(one), *subject_of(one) ? " " : "", what_of(one));
	const char *remedy = one->trouble && one->trouble->remedy ? one->trouble->remedy : one->check->remedy;
	str_add_format(out, "\n%s  %s, %s\n", one->check->code, one->check->name, state_of(one));
	add_paragraph(out, "Found", what, width);
	add_paragraph(out, "What to do", remedy, width);
	add_paragraph(out, "What it means", one->check->why, width);
	if (one->check->page)
		add_paragraph(out, "More", one->check->page, width);
}

/* Cuts the text off, or fills it up, to so many lines. */
static void fit(struct str *out, size_t lines)
{
	size_t seen = 0, at = 0;
	while (at < out->size && seen < lines)
		seen += out->data[at++] == '\n';
	out->size = at;
	for (; seen < lines; seen++)
		str_add_char(out, '\n');
}

int64_t watch_add_screen(struct str *out, const struct watch_view *view, size_t lines, size_t columns)
{
	int64_t marked = -1;
	size_t room = lines > HEAD_LINES + FOOT_LINES ? lines - HEAD_LINES - FOOT_LINES : 1;
	add_head(out, view);
	if (view->opened && view->selected < view->count)
		add_page(out, &view->list[view->selected], columns);
	else
		marked = add_list(out, view, room);
	fit(out, lines > FOOT_LINES ? lines - FOOT_LINES : 1);
	add_foot(out, view);
	return marked;
}

/* ---- lines ---- */

static bool has(const struct look_found *found, const struct watched *wanted)
{
	size_t count;
	AUTO(memory) struct watched *list = watched_list(&found->results, WATCH_BY_CODE, &count);
	for (size_t i = 0; i < count; i++)
		if (list[i].check == wanted->check && text_equal(subject_of(&list[i]), subject_of(wanted)) &&
		    text_equal(state_of(&list[i]), state_of(wanted)))
			return true;
	return false;
}

static void add_line(struct str *out, int64_t when, const char *state, const struct watched *one, const char *what)
{
	char time[CLOCK_TEXT_SIZE] = "";
	clock_format(when, time);
	str_add_format(out, "%s %s %s%s%s %s\n", time, state, one->check->code, *subject_of(one) ? " " : "",
		       subject_of(one), what);
}

static void add_those(struct str *out, const struct look_found *of, const struct look_found *not_in, int64_t when,
		      const char *state)
{
	size_t count;
	AUTO(memory) struct watched *list = watched_list(&of->results, WATCH_BY_SEVERITY, &count);
	for (size_t i = 0; i < count; i++)
		if (!not_in || !has(not_in, &list[i]))
			add_line(out, when, state ? state : state_of(&list[i]), &list[i],
				 state ? list[i].check->title : what_of(&list[i]));
}

void watch_add_changes(struct str *out, const struct look_found *before, const struct look_found *now)
{
	const struct tally tally = results_tally(&now->results);
	char time[CLOCK_TEXT_SIZE] = "";
	size_t size = out->size;
	if (before)
		add_those(out, before, now, now->scene.now, "over");
	add_those(out, now, before, now->scene.now, NULL);
	if (before && out->size == size)
		return;
	clock_format(now->scene.now, time);
	str_add_format(out, "%s %s: %zu critical, %zu warning, %zu good\n", time, verdict_names[tally_verdict(&tally)],
		       tally.troubles[SEVERITY_CRITICAL], tally.troubles[SEVERITY_WARNING],
		       tally.outcomes[OUTCOME_GOOD]);
}
