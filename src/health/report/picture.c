/* The drawing: people come in at the top, a line leads down from the load balancer through the replicas to what they
 * stand on. What was not reached has its line broken, and each box says how it stands by a sign, a word and codes. */
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "health/report/sections.h"

/* In units of the drawing, which are pixels on a telephone. */
#define WIDTH 384
#define MARGIN 4
#define WIDE (WIDTH - 2 * MARGIN)
#define HALF 164
#define HEIGHT 62
#define GAP 12
#define ROW (HEIGHT + GAP)
#define SPINE (WIDTH / 2)
#define RIGHT (WIDTH - MARGIN - HALF)

/* Columns of text in a box. How wide a font draws them differs by a fourth from one machine to the next: text that may
 * be too long in some is told how long it is to be, and is stretched or drawn together to it. */
#define ROOM(width) ((width) - 20)
#define NAME_COLUMNS(width) ((size_t)(ROOM(width) * 10 / 74))
#define TEXT_COLUMNS(width) ((size_t)(ROOM(width) * 10 / 60))
#define STATE_COLUMNS(width) (TEXT_COLUMNS(width) - 5)
#define SURE(columns) ((columns) * 5 / 6)

/* Replicas that are drawn one by one; of more, all others are one box. */
#define DRAWN_MOST 12

static const enum spot stood_on[] = {SPOT_DATABASE, SPOT_REDIS,	     SPOT_UPLOADS,
				     SPOT_VECTORS,  SPOT_REPOSITORY, SPOT_TELEMETRY};

struct box {
	int x, y, width;
	const char *name;
	const struct spot_state *state;
};

/* ---- one box ---- */

/* "critical OW102 OW202 +1" */
static char *state_text(const struct spot_state *state, size_t columns)
{
	AUTO(str) struct str text = {0};
	str_add(&text, state->mark == MARK_ABSENT ? "" : mark_names[state->mark]);
	for (size_t i = 0; i < state->codes.count; i++) {
		size_t more = utf8_width(state->codes.items[i], strlen(state->codes.items[i])) + sizeof " +99";
		if (text.size + more > columns) {
			str_add_format(&text, " +%zu", state->codes.count - i);
			break;
		}
		str_add_format(&text, " %s", state->codes.items[i]);
	}
	return str_take(&text);
}

static void add_words(struct str *out, const struct box *box)
{
	const struct spot_state *state = box->state;
	AUTO(memory) char *codes = strings_join(&state->codes, " ");
	html_add(out, "%s: %s%s%s, %s%s%s", box->name, state->where ? state->where : "", state->where ? ", " : "",
		 state->what, mark_names[state->mark], *codes ? " " : "", codes);
}

static void add_line(struct str *out, const struct box *box, const char *kind, int below, const char *text,
		     size_t columns)
{
	html_add(out, "<text class=\"%s\" x=\"%d\" y=\"%d\"", kind, box->x + 10, box->y + below);
	if (utf8_width(text, strlen(text)) > SURE(columns))
		html_add(out, " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", ROOM(box->width));
	html_add(out, ">%s</text>", text);
}

static void add_box(struct str *out, const struct box *box)
{
	const struct spot_state *state = box->state;
	AUTO(memory) char *name = html_shorten(box->name, NAME_COLUMNS(box->width));
	bool placed = box->width == WIDE && state->where;
	AUTO(memory) char *said = placed ? text_format("%s, %s", state->where, state->what) : text_copy(state->what);
	AUTO(memory) char *what = html_shorten(said, TEXT_COLUMNS(box->width));
	AUTO(memory) char *how = state_text(state, STATE_COLUMNS(box->width));
	html_add(out, "<g class=\"box %s\"><title>", mark_names[state->mark]);
	add_words(out, box);
	html_add(out, "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>", box->x, box->y,
		 box->width, HEIGHT);
	add_line(out, box, "name", 19, name, NAME_COLUMNS(box->width));
	add_line(out, box, "what", 35, what, TEXT_COLUMNS(box->width));
	if (*how) {
		html_add_sign_at(out, state->mark, box->x + 10, box->y + 42);
		html_add(out, "<text class=\"how\" x=\"%d\" y=\"%d\">%s</text>", box->x + 27, box->y + 52, how);
	}
	html_add(out, "</g>\n");
}

/* ---- lines ---- */

static const char *line_class(const struct spot_state *state)
{
	return state->broken ? "broken" : state->mark == MARK_ABSENT ? "absent" : "whole";
}

/* From the spine to a half box. */
static void add_branch(struct str *out, const struct box *box)
{
	int y = box->y + HEIGHT / 2, edge = box->x < SPINE ? box->x + box->width : box->x;
	html_add(out, "<path class=\"way %s\" d=\"M%d %dH%d\"/>", line_class(box->state), SPINE, y, edge);
	if (box->state->broken)
		html_add_sign_at(out, MARK_CRITICAL, (SPINE + edge) / 2 - 6, y - 6);
}

static void add_spine(struct str *out, const struct spot_state *from, int top, int bottom)
{
	html_add(out, "<path class=\"way %s\" d=\"M%d %dV%d\"/>\n", line_class(from), SPINE, top, bottom);
	if (from->broken)
		html_add_sign_at(out, MARK_CRITICAL, SPINE - 6, top + 6);
}

/* ---- all of it ---- */

/* Two beside one another, from `y` on, with their branches. */
static int add_pairs(struct str *out, const struct box *boxes, size_t count, int y)
{
	for (size_t i = 0; i < count; i++) {
		struct box box = boxes[i];
		box.x = i % 2 ? RIGHT : MARGIN;
		box.y = y + (int)(i / 2) * ROW;
		box.width = HALF;
		add_branch(out, &box);
		add_box(out, &box);
	}
	return y + (int)((count + 1) / 2) * ROW;
}

static size_t drawn_of(const struct spots *spots)
{
	return spots->count > DRAWN_MOST ? DRAWN_MOST : spots->count;
}

static int add_replicas(struct str *out, const struct scene *scene, const struct spots *spots, int y)
{
	struct box boxes[DRAWN_MOST] = {{0}};
	size_t drawn = drawn_of(spots);
	for (size_t i = 0; i < drawn; i++) {
		size_t index = spots->order[i];
		boxes[i].name = scene->fleet.replicas.items[index].name;
		boxes[i].state = &spots->replicas[index];
	}
	return add_pairs(out, boxes, drawn, y);
}

/* All that are not drawn, which are no worse than the ones that are. */
static int add_others(struct str *out, const struct spots *spots, int y)
{
	size_t marks[MARKS] = {0}, count = spots->count - drawn_of(spots);
	if (!count)
		return y;
	for (size_t i = drawn_of(spots); i < spots->count; i++)
		marks[spots->replicas[spots->order[i]].mark]++;
	AUTO(str) struct str what = {0};
	for (int mark = MARKS - 1; mark >= 0; mark--)
		if (marks[mark])
			str_add_format(&what, "%s%zu %s", what.size ? ", " : "", marks[mark], mark_names[mark]);
	AUTO(memory) char *name = text_format("%zu other replica%s", count, count == 1 ? "" : "s");
	const struct spot_state state = {.mark = spots->replicas[spots->order[drawn_of(spots)]].mark,
					 .what = what.data};
	add_box(out, &(struct box){.x = MARGIN, .y = y, .width = WIDE, .name = name, .state = &state});
	return y + ROW;
}

static void add_description(struct str *out, const struct scene *scene, const struct spots *spots)
{
	html_add(out, "<title id=\"picture-title\">The installation as a picture</title><desc id=\"picture-text\">");
	for (enum spot spot = 0; spot < SPOTS; spot++) {
		const struct box box = {.name = spot_titles[spot], .state = &spots->parts[spot]};
		add_words(out, &box);
		html_add(out, ". ");
	}
	for (size_t i = 0; i < drawn_of(spots); i++) {
		size_t index = spots->order[i];
		const struct box box = {.name = scene->fleet.replicas.items[index].name,
					.state = &spots->replicas[index]};
		add_words(out, &box);
		html_add(out, ". ");
	}
	html_add(out, "</desc>\n");
}

void picture_add(struct str *out, const struct scene *scene, const struct spots *spots)
{
	struct box boxes[COUNT(stood_on)] = {{0}};
	const struct spot_state *balancer = &spots->parts[SPOT_BALANCER], *all = &spots->parts[SPOT_REPLICAS];
	const int top = MARGIN, fleet = top + HEIGHT + 2 * GAP;
	int rows = (int)(drawn_of(spots) + 1) / 2 + (spots->count > DRAWN_MOST);
	int stand = fleet + ROW + rows * ROW + GAP, bottom = stand + (int)COUNT(stood_on) / 2 * ROW;
	html_add(out, "<svg class=\"picture\" viewBox=\"0 0 %d %d\" role=\"img\" "
		      "aria-labelledby=\"picture-title picture-text\">",
		 WIDTH, bottom - GAP + MARGIN);
	add_description(out, scene, spots);
	add_spine(out, balancer, top + HEIGHT, fleet);
	add_spine(out, all, fleet + HEIGHT, bottom - ROW + HEIGHT / 2);
	add_box(out, &(struct box){.x = MARGIN, .y = top, .width = WIDE, .state = balancer,
				   .name = spot_titles[SPOT_BALANCER]});
	add_box(out, &(struct box){.x = MARGIN, .y = fleet, .width = WIDE, .state = all,
				   .name = spot_titles[SPOT_REPLICAS]});
	add_others(out, spots, add_replicas(out, scene, spots, fleet + ROW));
	for (size_t i = 0; i < COUNT(stood_on); i++)
		boxes[i] = (struct box){.name = spot_titles[stood_on[i]], .state = &spots->parts[stood_on[i]]};
	add_pairs(out, boxes, COUNT(stood_on), stand);
	html_add(out, "</svg>\n");
}
