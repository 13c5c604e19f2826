#include "cli/screen.h"
#include "commands/health/health.h"
#include "commands/health/ready_capacity.h"
#include "health/ready/ready.h"
#include "health/run.h"

struct arguments {
	struct strings replicas;
	const char *report;
	int64_t deadline, users, concurrency;
};

static const struct option options[] = {
	HEALTH_REPLICA_OPTION(struct arguments),
	HEALTH_DEADLINE_OPTION(struct arguments),
	HEALTH_REPORT_OPTION(struct arguments),
	{.name = "users", OPTION_INTEGER(struct arguments, users), .value_name = "N", .smallest = 1,
	 .largest = CAPACITY_MOST_PEOPLE,
	 .help = "also work out what N people at once need of this installation, and whether it has that"},
	{.name = "concurrency", OPTION_INTEGER(struct arguments, concurrency), .value_name = "PERCENT", .smallest = 1,
	 .largest = 100,
	 .help = "how many of those who use it in a month are N at the busiest time, for what is kept; 10 is assumed"},
	{0},
};

static const struct column columns[] = {
	{"section", COLUMN_TEXT, .help = "what it is about; `capacity`: the figures of --users"},
	{"requirement", COLUMN_TEXT, .help = "what has to be true for several replicas; of what a figure is"},
	{"state", COLUMN_TEXT,
	 .help = "`ready`; `missing`; `unknown`: owctl can't see it from here, or it depends on how busy people are; "
		 "`figure`: there is nothing to hold it against"},
	{"why", COLUMN_TEXT, .nullable = true, .help = "what is, or what is not known"},
	{"remedy", COLUMN_TEXT, .nullable = true, .help = "the command or the setting that brings it there"},
	CAPACITY_COLUMNS,
	{0},
};

static fallible print_rows(struct context *context, const struct readinesses *all, const struct capacity *capacity)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < all->count; i++) {
		const struct readiness *one = &all->items[i];
		output_string(output, ready_section_names[one->requirement->section]);
		output_string(output, one->requirement->text);
		output_string(output, ready_state_names[one->state]);
		output_string(output, one->why);
		output_string(output, one->remedy);
		capacity_skip_cells(output);
		TRY(output_row(output));
	}
	TRY(capacity_print_rows(output, capacity));
	return output_close(output);
}

static void add_one(struct str *out, const struct readiness *one, size_t width)
{
	str_add_format(out, "  %-*s", HEALTH_STATE_WIDTH, ready_state_names[one->state]);
	screen_wrap(out, one->requirement->text, HEALTH_STATE_WIDTH + 2, width);
	str_add_char(out, '\n');
	if (one->why)
		health_add_entry(out, "", one->why, width);
	if (one->remedy)
		health_add_remedy(out, one->remedy, width);
}

struct found {
	struct scene scene;
	struct results results;
	struct readinesses all;
	struct capacity capacity; /* `people` 0: it was not asked for */
};
static void found_cleanup(struct found *found)
{
	capacity_cleanup(&found->capacity);
	readinesses_cleanup(&found->all);
	results_cleanup(&found->results);
	scene_cleanup(&found->scene);
}

static size_t count_missing(const struct found *found)
{
	return found->all.states[READY_UNMET] + found->capacity.states[CAPACITY_LACKING];
}
static size_t count_unknown(const struct found *found)
{
	return found->all.states[READY_UNKNOWN] + found->capacity.states[CAPACITY_UNSURE];
}

static void add_verdict(struct str *out, const struct found *found)
{
	size_t missing = count_missing(found), unknown = count_unknown(found);
	str_add_format(out, "%sREADY for several replicas", missing ? "NOT " : "");
	if (found->capacity.people)
		str_add_format(out, " and %lld people at once", (long long)found->capacity.people);
	if (missing)
		str_add_format(out, ": %zu %s missing", missing, missing == 1 ? "thing is" : "things are");
	else if (unknown)
		str_add(out, ", as far as can be seen");
	str_add_format(out, "; %zu ready, %zu unknown\n",
		       found->all.states[READY_MET] + found->capacity.states[CAPACITY_ENOUGH], unknown);
}

static fallible print_text(const struct found *found)
{
	AUTO(str) struct str out = {0};
	const struct readinesses *all = &found->all;
	int section = -1;
	add_verdict(&out, found);
	health_add_installation(&out, &found->scene);
	str_add_char(&out, '\n');
	for (size_t i = 0; i < all->count; i++) {
		if (section != (int)all->items[i].requirement->section)
			str_add_format(&out, "\n%s\n", ready_section_names[all->items[i].requirement->section]);
		section = (int)all->items[i].requirement->section;
		add_one(&out, &all->items[i], screen_width(stdout));
	}
	capacity_add_text(&out, &found->capacity, screen_width(stdout));
	return screen_write(stdout, &out);
}

static fallible work_out(struct context *context, const struct arguments *arguments, struct found *found)
{
	struct capacity_ground ground;
	TRY(capacity_look(&found->scene, context->settings, arguments->users, arguments->concurrency, &ground));
	capacity_work_out(&ground, &found->capacity);
	return NULL;
}

static struct report report_of(const struct found *found)
{
	return (struct report){.scene = &found->scene,
			       .results = &found->results,
			       .readinesses = &found->all,
			       .capacity = found->capacity.people ? &found->capacity : NULL};
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(found) struct found found = {0};
	AUTO(health_options) struct health_options wanted = {
		.replicas = health_split(&arguments->replicas),
		.timeout_s = context->globals.timeout,
		.deadline_s = arguments->deadline,
		.read_only = true,
		.growth = arguments->users || arguments->report,
	};
	if (arguments->concurrency && !arguments->users)
		return error_new(ERR_USAGE, "--concurrency says nothing without --users");
	TRY(health_check_files((const struct health_file[]){{"report", arguments->report}, {0}}));
	TRY(health_check_options(&wanted));
	TRY(health_run(context->settings, &wanted, &found.scene, &found.results));
	TRY(ready_judge(&found.scene, &found.results, context->settings, &found.all));
	if (arguments->users)
		TRY(work_out(context, arguments, &found));
	context->verdict = count_missing(&found)   ? VERDICT_CRITICAL
			   : count_unknown(&found) ? VERDICT_UNKNOWN
						   : VERDICT_OK;
	struct error *error = health_wants_rows(context) ? print_rows(context, &found.all, &found.capacity)
							 : print_text(&found);
	if (arguments->report)
		health_tell_unwritten(context, health_write_report(arguments->report, report_of(&found)));
	return error;
}

static const struct exit_status verdicts[] = {
	{VERDICT_OK, "ready", "nothing stands between this installation and several replicas, or --users people"},
	{VERDICT_CRITICAL, "missing", "something is missing"},
	{VERDICT_UNKNOWN, "unknown",
	 "nothing is missing, but not everything could be looked at, or the page of --report not be written; or owctl "
	 "itself failed"},
	{0, NULL, NULL},
};

const struct command health_ready_command = {
	.name = "ready",
	.summary = "what stands between this installation and several replicas",
	.description =
		"Goes through what running at scale needs, as the page of Open WebUI on it has it: load balancing, an "
		"external database, shared state, persistent storage, stateless containers, orchestration, "
		"observability. Of each it tells whether it is there, and if not, the command or the setting that "
		"brings it there.\n\n"
		"Everything that `owctl health check` looks at is looked at for it. Settings count as owctl has them: "
		"give it the environment of the replicas. Reads only.\n\n"
		"With --users N it also works out what N people at once need: replicas, connections, memory, open "
		"files, room. Each figure comes with its formula and with where its numbers are from, and is a range "
		"where it depends on how busy people are. Whoever makes the most of the service comes to the end of "
		"the range.",
	.options = options,
	.examples = (const struct example[]){
		{"owctl health ready --env-file /etc/open-webui.env",
		 "what is missing before there can be a second replica"},
		{"owctl health ready --users 500", "what 500 people at once would need of it"},
		{"owctl health ready --replica kubernetes:chat/open-webui -o json",
		 "of a workload of Kubernetes, for a program"},
		{"owctl health ready --report ready.html", "a page for those who decide about it"},
		{0}},
	.verdicts = verdicts,
	.exits = (const int[]){ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
