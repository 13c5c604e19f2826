/* What so many people at once need: a card for each figure. */
#include "health/report/sections.h"

static void add_entry(struct str *out, const char *term, const char *class, const char *text)
{
	if (!text)
		return;
	html_add(out, "<dt>%s</dt><dd class=\"%s\">", term, class);
	html_add_prose(out, text);
	html_add(out, "</dd>");
}

static void add_figure(struct str *out, const struct capacity_item *item)
{
	static const enum mark marks[CAPACITY_STATES] = {[CAPACITY_ENOUGH] = MARK_GOOD,
							 [CAPACITY_LACKING] = MARK_CRITICAL,
							 [CAPACITY_UNSURE] = MARK_UNKNOWN,
							 [CAPACITY_FIGURE] = MARK_INFO};
	enum mark mark = marks[item->state];
	html_add(out, "<article class=\"card %s\">\n<h4>", mark_names[mark]);
	html_add_badge(out, mark, capacity_state_names[item->state]);
	html_add(out, " %s</h4>\n<p>%s</p>\n<dl>", item->title, item->why);
	add_entry(out, "How it is worked out", "formula", item->formula);
	add_entry(out, "Where the numbers are from", "source", item->source);
	add_entry(out, "What to do", "remedy", item->remedy);
	html_add(out, "</dl>\n</article>\n");
}

void section_add_capacity(struct str *out, const struct capacity *capacity)
{
	html_add(out, "<section id=\"capacity\">\n<h2>What %lld people at once need</h2>\n",
		 (long long)capacity->people);
	for (size_t i = 0; i < capacity->count; i++)
		add_figure(out, &capacity->items[i]);
	html_add(out, "</section>\n");
}
