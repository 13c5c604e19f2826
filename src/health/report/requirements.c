/* What several replicas need, and whether it is there. */
#include "health/report/sections.h"

static void add_requirement(struct str *out, const struct readiness *one)
{
	static const enum mark marks[READY_STATES] = {
		[READY_MET] = MARK_GOOD, [READY_UNMET] = MARK_CRITICAL, [READY_UNKNOWN] = MARK_UNKNOWN};
	html_add(out, "<article class=\"card %s\">\n<h4>", mark_names[marks[one->state]]);
	html_add_badge(out, marks[one->state], ready_state_names[one->state]);
	html_add(out, " %s</h4>\n", one->requirement->text);
	if (one->why || one->remedy)
		html_add(out, "<dl>");
	if (one->why) {
		html_add(out, "<dt>What is</dt><dd>");
		html_add_prose(out, one->why);
		html_add(out, "</dd>");
	}
	if (one->remedy) {
		html_add(out, "<dt>What to do</dt><dd class=\"remedy\">");
		html_add_prose(out, one->remedy);
		html_add(out, "</dd>");
	}
	html_add(out, one->why || one->remedy ? "</dl>\n</article>\n" : "</article>\n");
}

void section_add_requirements(struct str *out, const struct readinesses *all)
{
	int section = -1;
	html_add(out, "<section id=\"requirements\">\n<h2>What several replicas need</h2>\n");
	for (size_t i = 0; i < all->count; i++) {
		const struct readiness *one = &all->items[i];
		if (section != (int)one->requirement->section)
			html_add(out, "<h3 class=\"part\">%s</h3>\n",
				 ready_section_names[one->requirement->section]);
		section = (int)one->requirement->section;
		add_requirement(out, one);
	}
	html_add(out, "</section>\n");
}
