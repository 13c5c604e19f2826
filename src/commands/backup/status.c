#include "backup/freshness.h"
#include "base/clock.h"
#include "base/memory.h"
#include "commands/backup/backup.h"

struct arguments {
	const char *repository, *recipients_file;
	struct strings recipients, labels;
	int64_t max_age, max_drill_age;
};

static const struct option options[] = {
	REPOSITORY_OPTION(struct arguments),
	RECIPIENT_OPTIONS(struct arguments),
	{.name = "max-age",
	 OPTION_DURATION(struct arguments, max_age),
	 .value_name = "AGE",
	 .fallback = FRESHNESS_AGE,
	 .smallest = 1,
	 .help = "how old the newest good snapshot may be: as long as from one to the next, and what one takes"},
	{.name = "max-drill-age",
	 OPTION_DURATION(struct arguments, max_drill_age),
	 .value_name = "AGE",
	 .smallest = 1,
	 .help = "how long ago the last good `owctl backup drill` may be; where it is not given, it may be for ever"},
	{.name = "label",
	 OPTION_TEXTS(struct arguments, labels),
	 .value_name = "NAME",
	 .help = "look for the snapshots of this installation alone"},
	{0},
};

static const struct column columns[] = {
	{"label", COLUMN_TEXT, .help = "which installation"},
	{"state", COLUMN_TEXT,
	 .help = "`fresh`; `old`: the newest good snapshot is older than --max-age; `none`: there is no good one"},
	{"snapshot", COLUMN_TEXT, .nullable = true, .help = "its newest good snapshot"},
	{"time", COLUMN_TIME, .nullable = true, .extra = true,
	 .help = "when that saw the database; its id begins with that"},
	{"age", COLUMN_INTEGER, .nullable = true, .help = "how many seconds ago that was"},
	{"passed_over", COLUMN_INTEGER,
	 .help = "newer snapshots that don't count: files are missing in them, or their time is in the future"},
	{"drilled", COLUMN_TIME, .nullable = true, .extra = true,
	 .help = "when one of its snapshots was last restored by `owctl backup drill`, and all went well"},
	{"drill", COLUMN_TEXT, .nullable = true, .help = "what came of the last drill: `good` or `failed`"},
	{0},
};

struct looking {
	const struct arguments *arguments;
	struct repository repository;
	struct newest_list list;
	struct drilled *drilled; /* beside the list */
	int64_t now;
};
static void looking_cleanup(struct looking *looking)
{
	newest_list_cleanup(&looking->list);
	repository_cleanup(&looking->repository);
	free(looking->drilled);
}

static const char *state_of(const struct looking *looking, const struct newest *newest)
{
	return freshness_state(newest, looking->arguments->max_age, looking->now);
}

/* ---- what is said ---- */

static fallible print_one(const struct looking *looking, size_t place, struct output *output)
{
	const struct newest *newest = &looking->list.items[place];
	bool found = *newest->snapshot;
	output_string(output, newest->label);
	output_string(output, state_of(looking, newest));
	output_string(output, found ? newest->snapshot : NULL);
	output_time_known(output, found ? newest->time : 0);
	if (found)
		output_integer(output, freshness_age(newest->time, looking->now));
	else
		output_null(output);
	output_integer(output, (int64_t)newest->passed_over);
	output_time_known(output, looking->drilled[place].time);
	output_string(output, looking->drilled[place].outcome);
	return output_row(output);
}

static fallible print(struct context *context, const struct looking *looking)
{
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < looking->list.count; i++)
		TRY(print_one(looking, i, output));
	return output_close(output);
}

static struct str *next_of(struct str *complaint)
{
	str_add(complaint, complaint->size ? "; " : "");
	return complaint;
}

static void complain(struct str *complaint, const struct looking *looking, const struct newest *newest)
{
	if (text_equal(state_of(looking, newest), "fresh"))
		return;
	if (!*newest->snapshot) {
		str_add_format(next_of(complaint), "there is no good snapshot of \"%s\"", newest->label);
		return;
	}
	AUTO(memory) char *age = freshness_age_text(freshness_age(newest->time, looking->now));
	str_add_format(next_of(complaint), "the newest good snapshot of \"%s\", %s, is %s old", newest->label,
		       newest->snapshot, age);
}

static void complain_of_drill(struct str *complaint, const struct looking *looking, size_t place)
{
	int64_t time = looking->drilled[place].time, most = looking->arguments->max_drill_age;
	const char *label = looking->list.items[place].label;
	if (!most || (time && freshness_age(time, looking->now) <= most))
		return;
	if (!time) {
		str_add_format(next_of(complaint), "no drill of \"%s\" went well yet", label);
		return;
	}
	AUTO(memory) char *age = freshness_age_text(freshness_age(time, looking->now));
	str_add_format(next_of(complaint), "the last good drill of \"%s\" was %s ago", label, age);
}

static fallible judge(const struct looking *looking)
{
	AUTO(str) struct str complaint = {0};
	for (size_t i = 0; i < looking->list.count; i++) {
		complain(&complaint, looking, &looking->list.items[i]);
		complain_of_drill(&complaint, looking, i);
	}
	if (!looking->list.count)
		str_add(&complaint, "there is no snapshot");
	return complaint.size ? error_hint(error_new(ERR_NO, "%s: %s", store_display(looking->repository.store),
						     str_text(&complaint)),
					   "see what the last `owctl backup create` or `drill` said; --label leaves "
					   "out installations that are no more")
			      : NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(looking) struct looking looking = {.arguments = arguments, .now = clock_now()};
	unsigned char key[DIGEST_SIZE];
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, true, &recipients));
	TRY(command_repository(context, arguments->repository, &looking.repository));
	repository_key(&looking.repository, &recipients, key);
	TRY(newest_read(&looking.repository, recipients.count ? key : NULL, &arguments->labels, looking.now,
			&looking.list));
	looking.drilled = mem_new(looking.list.count + 1, sizeof *looking.drilled);
	TRY(drilled_read(&looking.repository, &recipients, &looking.list, looking.now, looking.drilled));
	TRY(print(context, &looking));
	return judge(&looking);
}

const struct command backup_status_command = {
	.name = "status",
	.summary = "look whether the newest good snapshot is new enough",
	.description =
		"Shows the newest good snapshot of each installation in a repository and how old it is, and ends with "
		"2 where one is older than --max-age or there is none: for a monitor, which notices so that nothing "
		"ran at all. With --quiet nothing is printed as long as all is well. It also shows when one was last "
		"restored by `owctl backup drill`; with --max-drill-age that, too, may not be too long ago.\n\n"
		"Good is a snapshot that lacks no file. Whether its data is whole says `owctl backup verify`. One "
		"whose time is in the future is told, and does not count from five minutes on: a clock was wrong, and "
		"would else hide for years that nothing new comes. Where the public keys are known (--recipient, "
		"OWCTL_RECIPIENTS), one that was made by somebody who did not know them is told and does not count. "
		"Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl backup status -q --max-age 26h",
					      "whether there is one of the last 26 hours; for a monitor or cron"},
					     {"owctl backup status --label production", "of one installation"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
