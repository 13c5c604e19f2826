#include "cli/screen.h"
#include "commands/health/health.h"
#include "health/ready/ready.h"
#include "health/run.h"

struct arguments {
	struct strings replicas;
	const char *report;
	int64_t deadline;
};

static const struct option options[] = {
	HEALTH_REPLICA_OPTION(struct arguments),
	HEALTH_DEADLINE_OPTION(struct arguments),
	HEALTH_REPORT_OPTION(struct arguments),
	{0},
};

static const struct column columns[] = {
	{"section", COLUMN_TEXT, .help = "what it is about"},
	{"requirement", COLUMN_TEXT, .help = "what has to be true for several replicas"},
	{"state", COLUMN_TEXT, .help = "`ready`; `missing`; `unknown`: owctl can't see it from here"},
	{"why", COLUMN_TEXT, .nullable = true, .help = "what is, or what is not known"},
	{"remedy", COLUMN_TEXT, .nullable = true, .help = "the command or the setting that brings it there"},
	{0},
};

static fallible print_rows(struct context *context, const struct readinesses *all)
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
		TRY(output_row(output));
	}
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

static fallible print_text(const struct scene *scene, const struct readinesses *all)
{
	AUTO(str) struct str out = {0};
	int section = -1;
	if (all->states[READY_UNMET])
		str_add_format(&out, "NOT READY for several replicas: %zu %s missing",
			       all->states[READY_UNMET], all->states[READY_UNMET] == 1 ? "thing is" : "things are");
	else
		str_add(&out, all->states[READY_UNKNOWN] ? "READY for several replicas, as far as can be seen"
							 : "READY for several replicas");
	str_add_format(&out, "; %zu ready, %zu unknown\n", all->states[READY_MET], all->states[READY_UNKNOWN]);
	health_add_installation(&out, scene);
	str_add_char(&out, '\n');
	for (size_t i = 0; i < all->count; i++) {
		if (section != (int)all->items[i].requirement->section)
			str_add_format(&out, "\n%s\n", ready_section_names[all->items[i].requirement->section]);
		section = (int)all->items[i].requirement->section;
		add_one(&out, &all->items[i], screen_width(stdout));
	}
	return screen_write(stdout, &out);
}

struct found {
	struct scene scene;
	struct results results;
	struct readinesses all;
};
static void found_cleanup(struct found *found)
{
	readinesses_cleanup(&found->all);
	results_cleanup(&found->results);
	scene_cleanup(&found->scene);
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
		.growth = arguments->report != NULL,
	};
	TRY(health_check_options(&wanted));
	TRY(health_run(context->settings, &wanted, &found.scene, &found.results));
	TRY(ready_judge(&found.scene, &found.results, context->settings, &found.all));
	context->verdict = found.all.states[READY_UNMET] ? VERDICT_CRITICAL
			   : found.all.states[READY_UNKNOWN] ? VERDICT_UNKNOWN
							     : VERDICT_OK;
	struct error *error = health_wants_rows(context) ? print_rows(context, &found.all)
							 : print_text(&found.scene, &found.all);
	if (arguments->report)
		health_tell_unwritten(context, health_write_report(arguments->report, &found.scene, &found.results,
								   &found.all));
	return error;
}

static const struct exit_status verdicts[] = {
	{VERDICT_OK, "ready", "nothing stands between this installation and several replicas"},
	{VERDICT_CRITICAL, "missing", "something is missing"},
	{VERDICT_UNKNOWN, "unknown", "nothing is missing, but not everything could be looked at"},
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
		"give it the environment of the replicas. Reads only.",
	.options = options,
	.examples = (const struct example[]){
		{"owctl health ready --env-file /etc/open-webui.env", "before the second replica"},
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
