#include <stdlib.h>

#include "base/cancel.h"
#include "cli/screen.h"
#include "cli/terminal.h"
#include "commands/health/health.h"
#include "commands/health/watching.h"

#define KEY_MS 200 /* how soon what has changed is shown */

struct arguments {
	struct strings replicas, only, skip;
	int64_t deadline, interval, times;
};

static const struct option options[] = {
	HEALTH_REPLICA_OPTION(struct arguments),
	HEALTH_CHOICE_OPTIONS(struct arguments),
	{.name = "interval",
	 OPTION_DURATION(struct arguments, interval),
	 .value_name = "TIME",
	 .fallback = "10s",
	 .smallest = 1,
	 .help = "how long from the beginning of one look to that of the next"},
	{.name = "times",
	 OPTION_INTEGER(struct arguments, times),
	 .value_name = "N",
	 .help = "end after so many looks; without it a signal, or q on a terminal, ends it"},
	HEALTH_DEADLINE_OPTION(struct arguments),
	{0},
};

/* What a look could not even begin with ends the watch: settings that can't be read. */
static fallible take_error(const struct look_found *found)
{
	if (found->scene.left_behind)
		return error_hint(error_new(ERR_UNREACHABLE, "a part of what is looked at hangs for ever"),
				  "`owctl health check` tells which one");
	return found->error ? error_new(found->error->code, "%s", found->error->message) : NULL;
}

static fallible check_signal(void)
{
	return cancel_by_signal() ? cancel_check() : NULL;
}

/* ---- lines, where there is no terminal ---- */

static fallible watch_by_lines(struct watching *watching, int64_t times)
{
	const struct look_found *found, *before;
	for (int64_t looks = 0; !times || looks < times;) {
		AUTO(str) struct str text = {0};
		TRY(check_signal());
		if (!watching_turn(watching, &found, &before)) {
			cancel_sleep(KEY_MS);
			continue;
		}
		TRY(take_error(found));
		watch_add_changes(&text, before, found);
		TRY(screen_write(stdout, &text));
		looks++;
	}
	return NULL;
}

/* ---- the screen ---- */

static void list_anew(struct watch_view *view)
{
	free(view->list);
	view->list = NULL;
	view->count = 0;
	if (view->found)
		view->list = watched_list(&view->found->results, view->order, &view->count);
	if (view->selected >= view->count)
		view->selected = view->count ? view->count - 1 : 0;
}

/* False: the watch is over. */
static bool take_key(struct watch_view *view, struct watching *watching, int key, size_t page)
{
	size_t last = view->count ? view->count - 1 : 0;
	if (key == KEY_UP || key == 'k')
		view->selected -= view->selected > 0;
	else if (key == KEY_DOWN || key == 'j')
		view->selected += view->selected < last;
	else if (key == KEY_PAGE_UP)
		view->selected -= view->selected < page ? view->selected : page;
	else if (key == KEY_PAGE_DOWN)
		view->selected = view->selected + page < last ? view->selected + page : last;
	else if (key == KEY_ENTER)
		view->opened = view->count > 0;
	else if (key == KEY_ESCAPE)
		view->opened = false;
	else if (key == 'r')
		watching_hurry(watching);
	else if (key == 's')
		view->order = (view->order + 1) % WATCH_ORDERS;
	if (key == 's')
		list_anew(view);
	return key != 'q' && key != KEY_END;
}

static fallible draw(struct terminal *terminal, struct watch_view *view, const struct watching *watching)
{
	AUTO(str) struct str text = {0};
	size_t lines, columns;
	terminal_size(terminal, &lines, &columns);
	view->looking = watching_is_looking(watching);
	view->next_s = watching_next_s(watching);
	int64_t marked = watch_add_screen(&text, view, lines, columns);
	return terminal_draw(terminal, &text, marked);
}

static fallible watch_view_loop(struct terminal *terminal, struct watching *watching, int64_t times,
				struct watch_view *view)
{
	const struct look_found *before;
	size_t lines, columns;
	for (int64_t looks = 0; !times || looks < times;) {
		TRY(check_signal());
		if (watching_turn(watching, &view->found, &before)) {
			TRY(take_error(view->found));
			list_anew(view);
			looks++;
		}
		TRY(draw(terminal, view, watching));
		terminal_size(terminal, &lines, &columns);
		if (!take_key(view, watching, terminal_key(terminal, KEY_MS), lines / 2))
			return NULL;
	}
	return NULL;
}

static fallible watch_on_terminal(struct watching *watching, int64_t times)
{
	AUTO(terminal) struct terminal *terminal = NULL;
	struct watch_view view = {0};
	TRY(terminal_open(&terminal));
	struct error *error = watch_view_loop(terminal, watching, times, &view);
	free(view.list);
	return error;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(health_options) struct health_options wanted = {
		.replicas = health_split(&arguments->replicas),
		.only = health_split(&arguments->only),
		.skip = health_split(&arguments->skip),
		.timeout_s = context->globals.timeout,
		.deadline_s = arguments->deadline,
		.read_only = true,
	};
	TRY(health_check_options(&wanted));
	AUTO(watching) struct watching *watching = watching_new(context->settings, &wanted, arguments->interval);
	return terminal_is_there() ? watch_on_terminal(watching, arguments->times)
				   : watch_by_lines(watching, arguments->times);
}

const struct command health_watch_command = {
	.name = "watch",
	.summary = "look again and again, and show what changes",
	.description =
		"Looks as `owctl health check` does, every --interval, and shows what is wrong on the whole terminal. "
		"Arrows select a finding, Enter opens the page of it, Esc goes back, s sorts by severity, subject or "
		"code, r looks at once, q ends it.\n\n"
		"Elsewhere than on a terminal it prints a line for each thing that is found, and for each that is "
		"over, with its time, and nothing as long as nothing changes. Reads only.",
	.options = options,
	.examples = (const struct example[]){
		{"owctl health watch --replica swarm:chat_open-webui", "while a new release is rolled out"},
		{"owctl health watch --interval 1m >> health.log", "for a log"},
		{0}},
	.exits = (const int[]){ERR_SETTINGS, 0},
	.size = sizeof(struct arguments),
	.run = run,
};
