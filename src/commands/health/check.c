#include <stdlib.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "cli/screen.h"
#include "commands/common.h"
#include "commands/health/health.h"
#include "health/baseline.h"
#include "health/otlp/otlp.h"
#include "health/run.h"
#include "health/suppress.h"

#define WAIT_BETWEEN_MS 2000
#define WITHIN_MS 5000 /* of what is sent, and how often it is tried */
#define TRIES 3

struct arguments {
	struct strings replicas, only, skip, suppressions;
	const char *baseline, *junit, *report, *metrics, *otlp, *model;
	int64_t deadline, wait;
	bool nagios, read_only, deep;
};

static const struct option options[] = {
	HEALTH_REPLICA_OPTION(struct arguments),
	HEALTH_CHOICE_OPTIONS(struct arguments),
	HEALTH_DEADLINE_OPTION(struct arguments),
	{.name = "suppress",
	 OPTION_TEXTS(struct arguments, suppressions),
	 .value_name = "CHECK=REASON",
	 .help = "what this check finds does not count; behind the reason may stand ` until 2026-12-24`; it is shown "
		 "all the same"},
	{.name = "baseline",
	 OPTION_TEXT(struct arguments, baseline),
	 .value_name = "FILE",
	 .help = "what an earlier run printed with -o json: what that had found does not count again",
	 .complete = complete_file},
	{.name = "wait",
	 OPTION_DURATION(struct arguments, wait),
	 .value_name = "TIME",
	 .help = "look again and again while something is critical or nothing can be told, for this long at most"},
	{.name = "junit",
	 OPTION_TEXT(struct arguments, junit),
	 .value_name = "FILE",
	 .help = "also write what came of each check into FILE, as JUnit XML for CI",
	 .complete = complete_file},
	HEALTH_REPORT_OPTION(struct arguments),
	METRICS_OPTION(struct arguments),
	{.name = "otlp",
	 OPTION_TEXT(struct arguments, otlp),
	 .value_name = "URL",
	 .help = "also send metrics, a log record for each finding and a trace of the run to this collector of "
		 "OpenTelemetry: http://HOST:4318, instead of OWCTL_OTLP_ENDPOINT; as OWCTL_OTLP_PROTOCOL says, with "
		 "the headers of OWCTL_OTLP_HEADERS; it has 5s for that, behind --deadline"},
	{.name = "deep",
	 OPTION_FLAG(struct arguments, deep),
	 .help = "also sign in at every replica, ask for the models, pass a file and an event from one replica to the "
		 "others"},
	{.name = "model",
	 OPTION_TEXT(struct arguments, model),
	 .value_name = "MODEL",
	 .help = "with --deep, have this model give a short answer, which costs what it costs; --deadline gives it "
		 "time"},
	{.name = "read-only",
	 OPTION_FLAG(struct arguments, read_only),
	 .help = "write nothing: the probe of the place of uploads is left out, and the file of --deep"},
	{.name = "nagios",
	 OPTION_FLAG(struct arguments, nagios),
	 .help = "print one line with performance data, as plugins of Nagios and Icinga do"},
	{0},
};

/* ---- as text, for people ---- */

static fallible print(struct context *context, const struct scene *scene, const struct results *results)
{
	AUTO(str) struct str out = {0};
	if (health_wants_rows(context))
		return health_print_rows(context, results);
	if (!context->globals.quiet || context->verdict != VERDICT_OK)
		health_add_text(&out, scene, results, context->globals.verbose > 0, screen_width(stdout));
	return screen_write(stdout, &out);
}

/* ---- looking ---- */

struct found {
	struct scene scene;
	struct results results;
	struct tally tally;
};
static void found_cleanup(struct found *found)
{
	results_cleanup(&found->results);
	scene_cleanup(&found->scene);
}

static struct health_options options_of(const struct arguments *arguments)
{
	return (struct health_options){.replicas = health_split(&arguments->replicas),
				       .only = health_split(&arguments->only),
				       .skip = health_split(&arguments->skip),
				       .deadline_s = arguments->deadline,
				       .read_only = arguments->read_only,
				       .deep = arguments->deep,
				       .model = arguments->model};
}

static fallible look(struct context *context, const struct arguments *arguments, const json_t *baseline,
		     struct found *found)
{
	AUTO(health_options) struct health_options wanted = options_of(arguments);
	wanted.timeout_s = context->globals.timeout;
	wanted.growth = arguments->report != NULL;
	TRY(health_run(context->settings, &wanted, &found->scene, &found->results));
	if (baseline)
		baseline_apply(baseline, &found->results);
	suppress_apply(&arguments->suppressions, found->scene.now, &found->results);
	found->tally = results_tally(&found->results);
	return NULL;
}

/* What is waited for, once for each time that it changes. */
static void tell_of_waiting(const struct found *found, char **told)
{
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < found->results.count; i++) {
		const struct result *result = &found->results.items[i];
		bool critical = result->outcome == OUTCOME_UNKNOWN;
		for (size_t j = 0; j < result->count; j++)
			critical |= trouble_counts(&result->troubles[j]) &&
				    result->troubles[j].severity == SEVERITY_CRITICAL;
		if (critical)
			str_add_format(&text, "%s%s (%s)", text.size ? "; " : "", result->check->code,
				       result->check->title);
	}
	if (text_equal(*told, str_text(&text)))
		return;
	log_note("waiting for %s", str_text(&text));
	free(*told);
	*told = str_take(&text);
}

static bool is_worth_waiting(enum verdict verdict)
{
	return verdict == VERDICT_CRITICAL || verdict == VERDICT_UNKNOWN;
}

static fallible look_until_well(struct context *context, const struct arguments *arguments, const json_t *baseline,
				struct found *found)
{
	int64_t end = clock_monotonic_ms() + arguments->wait * 1000;
	AUTO(memory) char *told = NULL;
	for (;;) {
		TRY(look(context, arguments, baseline, found));
		if (found->scene.left_behind || !is_worth_waiting(tally_verdict(&found->tally)))
			return NULL;
		if (clock_monotonic_ms() + WAIT_BETWEEN_MS > end)
			return NULL;
		tell_of_waiting(found, &told);
		found_cleanup(found);
		cancel_sleep(WAIT_BETWEEN_MS);
		TRY(cancel_check());
	}
}

/* ---- what is written besides ---- */

static fallible write_junit(const char *path, const struct results *results)
{
	AUTO(str) struct str text = {0};
	health_add_junit(&text, results);
	return file_replace(path, text.data, text.size);
}

static void tell(struct telling *telling, const struct metrics *metrics, const struct found *found)
{
	if (!telling_wanted(telling))
		return;
	telling_add_metrics(telling, metrics);
	health_add_logs(&telling->batch, &found->scene, &found->results);
	health_add_spans(&telling->batch, &found->scene);
	telling_add_text(telling, "owctl.health.verdict", verdict_names[tally_verdict(&found->tally)]);
	telling_add_number(telling, "owctl.health.replicas", (int64_t)found->scene.fleet.replicas.count);
}

/* Before the end, which tells whether it could be sent. */
static fallible send_now(struct context *context)
{
	telling_conclude(context->telling, &(struct telling_end){.status = context->verdict});
	return telling_send(context->telling, &(struct otlp_patience){.within_ms = WITHIN_MS, .tries = TRIES});
}

/* One that can't be had keeps the others from nothing; a signal (ERR_INTERRUPTED) does. */
static fallible tell_others(struct context *context, const struct arguments *arguments, bool aimed,
			    struct metrics *metrics, const struct found *found)
{
	const struct report page = {.scene = &found->scene, .results = &found->results};
	struct error *error = arguments->junit ? write_junit(arguments->junit, &found->results) : NULL;
	if (arguments->report)
		error = error_first(error, health_write_report(arguments->report, page));
	health_add_metrics(metrics, &found->scene, &found->results);
	tell(context->telling, metrics, found);
	struct error *unsent = aimed ? send_now(context) : NULL;
	if (unsent && unsent->code == ERR_INTERRUPTED)
		return error_first(unsent, error);
	error = error_first(error, unsent);
	return arguments->metrics ? error_first(error, metrics_write(metrics, arguments->metrics, true)) : error;
}

/* What is found is sent before the command ends only where owctl itself is to send it. To the place of Open WebUI's own
 * telemetry it goes at the end, as with any command. */
static fallible aim(struct context *context, const struct arguments *arguments, bool *aimed)
{
	const char *own = arguments->otlp;
	if (!own)
		TRY(settings_get(context->settings, "OWCTL_OTLP_ENDPOINT", &own));
	return own ? telling_aim(context->telling, arguments->otlp, aimed) : NULL;
}

static fallible check_arguments(struct context *context, const struct arguments *arguments, bool *aimed,
				json_t **baseline)
{
	AUTO(health_options) struct health_options wanted = options_of(arguments);
	if (arguments->nagios && (context->globals.format || health_wants_rows(context)))
		return error_hint(error_new(ERR_USAGE, "--nagios prints one line, and another output is asked for"),
				  "leave out --nagios, or -o and what goes with it");
	TRY(health_check_deep(context, &wanted, arguments->wait > 0));
	TRY(health_check_options(&wanted));
	TRY(suppress_check(&arguments->suppressions));
	TRY(aim(context, arguments, aimed));
	if (arguments->metrics)
		TRY(metrics_check(arguments->metrics));
	TRY(health_check_files((const struct health_file[]){{"report", arguments->report},
							    {"junit", arguments->junit},
							    {"metrics", arguments->metrics},
							    {0}}));
	return arguments->baseline ? baseline_read(arguments->baseline, baseline) : NULL;
}

/* Behind all else, as it says what the run ends with. */
static fallible print_line(const struct context *context, const struct found *found, const char *unwritten)
{
	AUTO(str) struct str out = {0};
	health_add_plugin_line(&out, &found->scene, &found->results, (enum verdict)context->verdict, unwritten);
	return screen_write(stdout, &out);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(found) struct found found = {0};
	AUTO(metrics) struct metrics metrics;
	bool aimed = false;
	json_auto_t *baseline = NULL;
	metrics_begin(&metrics, "health");
	TRY(check_arguments(context, arguments, &aimed, &baseline));
	TRY(look_until_well(context, arguments, baseline, &found));
	context->verdict = (int)tally_verdict(&found.tally);
	struct error *error = arguments->nagios ? NULL : print(context, &found.scene, &found.results);
	struct error *unwritten = tell_others(context, arguments, aimed, &metrics, &found);
	if (unwritten && unwritten->code == ERR_INTERRUPTED)
		return error_first(unwritten, error);
	AUTO(memory) char *why = unwritten ? error_text(unwritten) : NULL;
	health_tell_unwritten(context, unwritten);
	return arguments->nagios ? print_line(context, &found, why) : error;
}

static const struct exit_status verdicts[] = {
	{VERDICT_OK, "ok", "nothing that needs anybody"},
	{VERDICT_WARNING, "warning", "something works, and will not for ever, or not as well as it could"},
	{VERDICT_CRITICAL, "critical", "people are hit by it now, or data is at risk"},
	{VERDICT_UNKNOWN, "unknown",
	 "nothing was found, but not everything could be looked at, or not all be written or sent that was asked for; "
	 "or owctl itself failed"},
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
		"The exit status is that of a monitoring plugin; an error of owctl's own is 3 or, as a setting "
		"that can't be read, above 3, which monitors take for unknown.\n\n"
		"Reads only, but for one probe: a few kB, called owctl-health-.., are written to the place of uploads, "
		"read back and removed again. --read-only leaves that out.\n\n"
		"--deep looks as people do who have signed in, by an account that is for this alone: "
		"OWCTL_HEALTH_EMAIL and OWCTL_HEALTH_PASSWORD, or OWCTL_HEALTH_TOKEN, an API key. It signs in once at "
		"each replica (ten at most) and at WEBUI_URL, which Open WebUI notes as it does of anybody, with "
		"--read-only too, and lets an account do 15 times in three minutes; has one replica take a small file "
		"that the others read and the first removes (not with --read-only); has each send the others an "
		"event; and says nothing on a websocket until the server does, if --deadline leaves the time.",
	.options = options,
	.examples = (const struct example[]){
		{"owctl health check --env-file /etc/open-webui.env --replica dns:chat.internal:8080",
		 "all replicas behind a name"},
		{"owctl health check --skip balancer -o json",
		 "without the checks of the load balancer, for a program"},
		{"owctl health check --wait 5m --junit health.xml",
		 "waits until all is well, for CI after a deployment"},
		{"owctl health check --nagios", "for a monitor"},
		{"owctl health check --report health.html", "a page for those who don't use a terminal"},
		{"owctl health check -q --otlp http://127.0.0.1:4318", "for a collector of OpenTelemetry"},
		{"owctl health check --deep --model llama3.1 --deadline 60s",
		 "as people see it, with an answer of a model"},
		{0}},
	.verdicts = verdicts,
	.exits = (const int[]){ERR_INPUT, ERR_PERMISSION, ERR_SETTINGS, 0},
	.columns = health_columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
