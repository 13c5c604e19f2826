#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/screen.h"
#include "commands/health/health.h"
#include "health/run.h"

struct arguments {
	struct strings replicas, only, skip;
	int64_t deadline;
	bool nagios, read_only;
};

static const struct option options[] = {
	{.name = "replica",
	 OPTION_TEXTS(struct arguments, replicas),
	 .value_name = "PLACE",
	 .help = "where replicas are, instead of OWCTL_REPLICAS: http://10.0.0.7:8080, or dns:NAME:PORT for all "
		 "addresses of a name"},
	{.name = "only",
	 OPTION_TEXTS(struct arguments, only),
	 .value_name = "CHECK",
	 .help = "run this check alone: a code (OW202), a name, or a family (fleet)",
	 .complete = health_complete_checks},
	{.name = "skip",
	 OPTION_TEXTS(struct arguments, skip),
	 .value_name = "CHECK",
	 .help = "leave this check out, whatever --only says",
	 .complete = health_complete_checks},
	{.name = "deadline",
	 OPTION_DURATION(struct arguments, deadline),
	 .value_name = "TIME",
	 .fallback = "15s",
	 .smallest = 2,
	 .help = "how long all of it may take: what has not answered by then is told as such"},
	{.name = "read-only",
	 OPTION_FLAG(struct arguments, read_only),
	 .help = "write nothing at all: the probe of the place of uploads is left out"},
	{.name = "nagios",
	 OPTION_FLAG(struct arguments, nagios),
	 .help = "print one line with performance data, as plugins of Nagios and Icinga do"},
	{0},
};

static const struct column columns[] = {
	{"code", COLUMN_TEXT, .help = "of the check"},
	{"state", COLUMN_TEXT,
	 .help = "`critical`, `warning`, `info`: something was found; `good`; `unknown`: it could not find out; "
		 "`skipped`: what it needs is not there, or it was not asked for"},
	{"subject", COLUMN_TEXT, .nullable = true, .help = "what it is about: a replica, a table; null: the whole"},
	{"what", COLUMN_TEXT, .nullable = true, .help = "what was found, or why nothing could be"},
	{"remedy", COLUMN_TEXT, .nullable = true, .help = "what to do about what was found"},
	{"name", COLUMN_TEXT, .help = "of the check"},
	{"family", COLUMN_TEXT, .help = "that it belongs to"},
	{"title", COLUMN_TEXT, .help = "what is true where all is well"},
	{"certainty", COLUMN_TEXT, .help = "`proven`: it was seen; `likely`: unless something makes up for it that "
					   "owctl can't see"},
	{"page", COLUMN_TEXT, .nullable = true, .help = "where more is said about it"},
	{0},
};

/* ---- as rows, for programs ---- */

static fallible print_row(struct output *output, const struct result *result, const struct trouble *trouble)
{
	const struct check *check = result->check;
	const char *remedy = trouble && trouble->remedy ? trouble->remedy : trouble ? check->remedy : NULL;
	output_string(output, check->code);
	output_string(output, trouble ? severity_names[trouble->severity] : outcome_names[result->outcome]);
	output_string(output, trouble ? trouble->subject : NULL);
	output_string(output, trouble ? trouble->what : result->why);
	output_string(output, remedy);
	output_string(output, check->name);
	output_string(output, family_words[check->family].name);
	output_string(output, check->title);
	output_string(output, certainty_names[check->certainty]);
	output_string(output, check->page);
	return output_row(output);
}

static fallible print_rows(struct context *context, const struct results *results)
{
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->left_out)
			continue;
		for (size_t j = 0; j < result->count; j++)
			TRY(print_row(output, result, &result->troubles[j]));
		if (!result->count)
			TRY(print_row(output, result, NULL));
	}
	return output_close(output);
}

/* ---- as text, for people ---- */

static bool wants_rows(const struct context *context)
{
	return (context->globals.format && !text_equal(context->globals.format, "table")) ||
	       context->globals.columns.count || context->globals.no_headings;
}

static fallible print(struct context *context, const struct arguments *arguments, const struct scene *scene,
		      const struct results *results)
{
	AUTO(str) struct str out = {0};
	if (arguments->nagios)
		health_add_plugin_line(&out, scene, results);
	else if (wants_rows(context))
		return print_rows(context, results);
	else if (!context->globals.quiet || context->verdict != VERDICT_OK)
		health_add_text(&out, scene, results, context->globals.verbose > 0, screen_width(stdout));
	return screen_write(stdout, &out);
}

struct findings_of_run {
	struct scene scene;
	struct results results;
};
static void findings_of_run_cleanup(struct findings_of_run *run)
{
	results_cleanup(&run->results);
	scene_cleanup(&run->scene);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(findings_of_run) struct findings_of_run found = {0};
	const struct health_options wanted = {.replicas = arguments->replicas,
					      .only = arguments->only,
					      .skip = arguments->skip,
					      .timeout_s = context->globals.timeout,
					      .deadline_s = arguments->deadline,
					      .read_only = arguments->read_only};
	TRY(health_check_options(&wanted));
	TRY(health_run(context->settings, &wanted, &found.scene, &found.results));
	const struct tally tally = results_tally(&found.results);
	context->verdict = (int)tally_verdict(&tally);
	return print(context, arguments, &found.scene, &found.results);
}

static const struct exit_status verdicts[] = {
	{VERDICT_OK, "ok", "nothing that needs anybody"},
	{VERDICT_WARNING, "warning", "something works, and will not for ever, or not as well as it could"},
	{VERDICT_CRITICAL, "critical", "people are hit by it now, or data is at risk"},
	{VERDICT_UNKNOWN, "unknown", "nothing was found, but not everything could be looked at"},
	{0, NULL, NULL},
};

const struct command health_check_command = {
	.name = "check",
	.summary = "look at everything, and tell what is wrong and what to do",
	.description =
		"Finds the replicas and looks at each, at all of them together, and at what they stand on, all at the "
		"same time and within --deadline, whoever hangs. Under each finding stands what to do.\n\n"
		"Where replicas are says --replica or OWCTL_REPLICAS; without either WEBUI_URL is taken for the only "
		"one, or else port 8080 of this machine. With both, WEBUI_URL is the load balancer, and is looked at "
		"as well. Database, Redis and WEBUI_SECRET_KEY are those of Open WebUI's own settings; what they do "
		"not name is not looked at, and that is told.\n\n"
		"The exit status is that of a monitoring plugin; an error of owctl's own, as a setting that can't be "
		"read, is above 3, which monitors take for unknown.\n\n"
		"Reads only, but for one probe: a few kB, called owctl-health-.., are written to the place of uploads, "
		"read back and removed again. --read-only leaves that out.",
	.options = options,
	.examples = (const struct example[]){
		{"owctl health check --env-file /etc/open-webui.env --replica dns:chat.internal:8080",
		 "all replicas behind a name"},
		{"owctl health check --skip balancer -o json", "for a program"},
		{"owctl health check --nagios", "for a monitor"},
		{0}},
	.verdicts = verdicts,
	.exits = (const int[]){ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
