/* The picture, with what it shows in words beside it: for those who can't see it, and for what has no room in it. */
#include "health/report/sections.h"

static void add_part(struct str *out, const char *title, const struct spot_state *state)
{
	html_add(out, "<tr><th scope=\"row\">%s</th><td>%s", title, state->what);
	if (state->where)
		html_add(out, "<br/><span class=\"note\">%s</span>", state->where);
	if (state->why)
		html_add(out, "<br/><span class=\"note\">%s</span>", state->why);
	html_add(out, "</td><td>");
	html_add_badge(out, state->mark, state->mark == MARK_ABSENT ? "none" : mark_names[state->mark]);
	for (size_t i = 0; i < state->codes.count; i++)
		html_add(out, " <span class=\"code\">%s</span>", state->codes.items[i]);
	html_add(out, "</td></tr>\n");
}

/* What lines mean that are not like the others. */
static void add_legend(struct str *out, const struct spots *spots)
{
	bool broken = false, absent = false;
	for (enum spot spot = 0; spot < SPOTS; spot++) {
		broken |= spots->parts[spot].broken;
		absent |= spots->parts[spot].mark == MARK_ABSENT;
	}
	for (size_t i = 0; i < spots->count; i++)
		broken |= spots->replicas[i].broken;
	if (!broken && !absent)
		return;
	html_add(out, "<figcaption>%s%s%s</figcaption>\n",
		 broken ? "A broken line with a cross: what is there was not reached." : "",
		 broken && absent ? " " : "", absent ? "Dashed: there is none, or it is not known here." : "");
}

void section_add_picture(struct str *out, const struct scene *scene, const struct spots *spots)
{
	html_add(out, "<section id=\"picture\">\n<h2>The installation</h2>\n<div class=\"beside\">\n<figure>\n");
	picture_add(out, scene, spots);
	add_legend(out, spots);
	html_add(out, "</figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Its parts\">"
		      "<table>\n<caption>Its parts</caption>\n<thead><tr><th scope=\"col\">Part</th>"
		      "<th scope=\"col\">What was seen</th><th scope=\"col\">State</th></tr></thead>\n<tbody>\n");
	for (enum spot spot = 0; spot < SPOTS; spot++)
		add_part(out, spot_titles[spot], &spots->parts[spot]);
	html_add(out, "</tbody></table></div>\n</div>\n</section>\n");
}
