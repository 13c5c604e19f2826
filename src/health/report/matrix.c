/* Replica by property: what each has answered, beside the others. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/majority.h"
#include "health/report/sections.h"

/* From here on a clock is not taken for that of a slow answer (health/checks/fleet/clock.c). */
#define CLOCK_NOTICED_S 5

/* What all rows are held against. */
struct ground {
	const char *release, *image; /* that most have */
	bool key_shared;	     /* a replica has owctl's key: it is not owctl that has another one */
	bool orchestrated;	     /* an orchestrator tells of one at least */
};

struct cell {
	enum mark mark; /* MARK_GOOD and MARK_ABSENT stand without a sign */
	char *text;
};

static struct cell cell(enum mark mark, const char *text)
{
	return (struct cell){mark, text_copy(text)};
}

static struct cell cell_release(const struct ground *ground, const struct replica *replica)
{
	if (!replica_speaks(replica))
		return cell(MARK_CRITICAL, replica_answered(replica, ASK_VERSION) ? "not an Open WebUI" : "no answer");
	return cell(text_equal(replica->release, ground->release) ? MARK_GOOD : MARK_WARNING, replica->release);
}

/* Releases before 0.10 answer with the page of the web application. */
static struct cell cell_answer(const struct replica *replica, enum question question)
{
	const struct probe_answer *answer = &replica->answers[question];
	if (!replica_speaks(replica) || !replica->asked[question])
		return cell(MARK_ABSENT, "not asked");
	if (answer->end == PROBE_TIMED_OUT)
		return cell(MARK_CRITICAL, "hangs");
	if (answer->failure)
		return cell(MARK_CRITICAL, "no answer");
	if (answer->http.status == 404 || !answer_is_json(answer))
		return cell(MARK_ABSENT, "not told");
	if (answer->http.status < 400)
		return cell(MARK_GOOD, "yes");
	char *detail = answer_detail(answer);
	return (struct cell){MARK_CRITICAL, detail ? detail : text_format("status %ld", answer->http.status)};
}

static struct cell cell_ready(const struct ground *ground UNUSED, const struct replica *replica)
{
	return cell_answer(replica, ASK_READY);
}

static struct cell cell_database(const struct ground *ground UNUSED, const struct replica *replica)
{
	return cell_answer(replica, ASK_DATABASE);
}

static struct cell cell_key(const struct ground *ground, const struct replica *replica)
{
	switch (replica->key) {
	case KEY_SAME:
		return cell(MARK_GOOD, "yes");
	case KEY_OTHER:
		return ground->key_shared ? cell(MARK_CRITICAL, "another") : cell(MARK_WARNING, "not owctl's");
	case KEY_LOST:
		return cell(MARK_CRITICAL, "header lost");
	case KEY_UNKNOWN:
		break;
	}
	return cell(MARK_ABSENT, "not told");
}

static struct cell cell_account(const struct ground *ground UNUSED, const struct replica *replica)
{
	switch (replica->account) {
	case ACCOUNT_KNOWN:
		return cell(MARK_GOOD, "yes");
	case ACCOUNT_MISSING:
		return cell(MARK_CRITICAL, "another");
	case ACCOUNT_NOT_ASKED:
		break;
	}
	return cell(MARK_ABSENT, "not told");
}

static struct cell cell_socket(const struct ground *ground UNUSED, const struct replica *replica)
{
	const struct probe_answer *answer = &replica->answers[ASK_SOCKET];
	json_t *on = json_object_get(json_object_get(replica->config, "features"), "enable_websocket");
	if (!replica_speaks(replica) || !replica->asked[ASK_SOCKET])
		return cell(MARK_ABSENT, "not asked");
	if (answer->http.status == 101)
		return cell(MARK_GOOD, "yes");
	if (json_is_false(on))
		return cell(MARK_ABSENT, "switched off");
	if (answer->failure)
		return cell(MARK_CRITICAL, "no answer");
	return (struct cell){MARK_CRITICAL, text_format("refused, %ld", answer->http.status)};
}

static struct cell cell_clock(const struct ground *ground UNUSED, const struct replica *replica)
{
	int64_t ahead = replica->clock_ahead_s;
	if (!replica->clock_known)
		return cell(MARK_ABSENT, "not told");
	if (llabs(ahead) < CLOCK_NOTICED_S)
		return cell(MARK_GOOD, "same");
	return (struct cell){MARK_WARNING, text_format("%lld s %s", llabs(ahead), ahead > 0 ? "ahead" : "behind")};
}

static struct cell cell_image(const struct ground *ground, const struct replica *replica)
{
	const char *image = replica->orchestrated.image;
	if (!image)
		return cell(MARK_ABSENT, "not told");
	return cell(!ground->image || text_equal(image, ground->image) ? MARK_GOOD : MARK_WARNING, image);
}

static struct cell cell_restarts(const struct ground *ground UNUSED, const struct replica *replica)
{
	const struct orchestrated *own = &replica->orchestrated;
	if (own->restarts < 0)
		return cell(MARK_ABSENT, "not told");
	bool told = own->restarts && own->last_end;
	return (struct cell){MARK_GOOD, text_format("%lld%s%s", (long long)own->restarts, told ? ", last: " : "",
						    told ? own->last_end : "")};
}

static const struct {
	const char *title;
	struct cell (*of)(const struct ground *ground, const struct replica *replica);
	bool orchestrated; /* told by an orchestrator alone */
} columns[] = {
	{"Release", cell_release, false},	{"Ready", cell_ready, false},
	{"Reaches its database", cell_database, false}, {"Same secret key", cell_key, false},
	{"Same database", cell_account, false}, {"Websocket", cell_socket, false},
	{"Clock", cell_clock, false},		{"Image", cell_image, true},
	{"Restarts", cell_restarts, true},
};

/* What a server says may be long, and stands as a whole among what was found. */
#define CELL_COLUMNS 48

static void add_cell(struct str *out, struct cell made)
{
	AUTO(memory) char *text = html_shorten(made.text, CELL_COLUMNS);
	html_add(out, "<td class=\"%s\">", mark_names[made.mark]);
	if (made.mark > MARK_GOOD)
		html_add_sign(out, made.mark);
	html_add(out, "%s</td>", text);
	free(made.text);
}

static void add_row(struct str *out, const struct ground *ground, const struct replica *replica,
		    const struct spot_state *state)
{
	html_add(out, "<tr><th scope=\"row\">%s</th><td>", replica->name);
	html_add_badge(out, state->mark, mark_names[state->mark]);
	for (size_t i = 0; i < state->codes.count; i++)
		html_add(out, " <span class=\"code\">%s</span>", state->codes.items[i]);
	html_add(out, "</td>");
	for (size_t i = 0; i < COUNT(columns); i++)
		if (!columns[i].orchestrated || ground->orchestrated)
			add_cell(out, columns[i].of(ground, replica));
	html_add(out, "</tr>\n");
}

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

static const char *image_of(const struct replica *replica)
{
	return replica->orchestrated.image;
}

static struct ground ground_of(const struct scene *scene)
{
	struct ground ground = {.release = majority_of(scene, release_of), .image = majority_of(scene, image_of)};
	for (size_t i = 0; i < scene->fleet.replicas.count; i++) {
		ground.key_shared |= scene->fleet.replicas.items[i].key == KEY_SAME;
		ground.orchestrated |= scene->fleet.replicas.items[i].orchestrated.known;
	}
	return ground;
}

void section_add_matrix(struct str *out, const struct scene *scene, const struct spots *spots)
{
	const struct ground ground = ground_of(scene);
	size_t shown = spots->count < MATRIX_MOST ? spots->count : MATRIX_MOST;
	html_add(out, "<section id=\"replicas\">\n<h2>Replica by replica</h2>\n");
	if (!spots->count) {
		html_add(out, "<p>No replica was found.</p>\n</section>\n");
		return;
	}
	html_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Replica by replica\">"
		      "<table class=\"matrix\">\n<caption>What each replica has answered</caption>\n"
		      "<thead><tr><th scope=\"col\">Replica</th><th scope=\"col\">State</th>");
	for (size_t i = 0; i < COUNT(columns); i++)
		if (!columns[i].orchestrated || ground.orchestrated)
			html_add(out, "<th scope=\"col\">%s</th>", columns[i].title);
	html_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < shown; i++)
		add_row(out, &ground, &scene->fleet.replicas.items[spots->order[i]],
			&spots->replicas[spots->order[i]]);
	html_add(out, "</tbody></table></div>\n");
	if (shown < spots->count)
		html_add(out, "<p>%zu more replicas are left out here. None of them stands worse than the last one "
			      "above.</p>\n", spots->count - shown);
	html_add(out, "</section>\n");
}
