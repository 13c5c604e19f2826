#include "backup/newest.h"
#include "base/clock.h"
#include "base/memory.h"
#include "commands/backup/backup.h"

struct arguments {
	const char *repository, *recipients_file;
	struct strings recipients, labels;
	int64_t max_age;
};

static const struct option options[] = {
	REPOSITORY_OPTION(struct arguments),
	RECIPIENT_OPTIONS(struct arguments),
	{.name = "max-age",
	 OPTION_DURATION(struct arguments, max_age),
	 .value_name = "AGE",
	 .fallback = "26h",
	 .smallest = 1,
	 .help = "how old the newest good snapshot may be: as long as from one to the next, and what one takes"},
	{.name = "label",
	 OPTION_TEXTS(struct arguments, labels),
	 .value_name = "NAME",
	 .help = "look for the snapshots of this installation alone; may be repeated"},
	{0},
};

static const struct column columns[] = {
	{"label", COLUMN_TEXT, .help = "which installation"},
	{"state", COLUMN_TEXT,
	 .help = "`fresh`; `old`: the newest good snapshot is older than --max-age; `none`: there is no good one"},
	{"snapshot", COLUMN_TEXT, .nullable = true, .help = "its newest good snapshot"},
	{"time", COLUMN_TIME, .nullable = true, .help = "when that saw the database"},
	{"age", COLUMN_INTEGER, .nullable = true, .help = "how many seconds ago that was"},
	{"passed_over", COLUMN_INTEGER,
	 .help = "newer snapshots that don't count: files are missing in them, or their time is in the future"},
	{0},
};

static int64_t age_of(const struct newest *newest, int64_t now)
{
	return newest->time < now ? now - newest->time : 0;
}

static const char *state_of(const struct newest *newest, int64_t now, int64_t max_age)
{
	return !*newest->snapshot ? "none" : age_of(newest, now) > max_age ? "old" : "fresh";
}

static bool is_fresh(const struct newest *newest, int64_t now, int64_t max_age)
{
	return text_equal(state_of(newest, now, max_age), "fresh");
}

static char *age_text(int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}};
	for (size_t i = 0; i < COUNT(units); i++)
		if (seconds >= 2 * units[i].seconds)
			return text_format("%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
	return text_format("%lld s", (long long)seconds);
}

static fallible print_one(struct output *output, const struct newest *newest, int64_t now, int64_t max_age)
{
	bool found = *newest->snapshot;
	output_string(output, newest->label);
	output_string(output, state_of(newest, now, max_age));
	output_string(output, found ? newest->snapshot : NULL);
	output_time_known(output, found ? newest->time : 0);
	if (found)
		output_integer(output, age_of(newest, now));
	else
		output_null(output);
	output_integer(output, (int64_t)newest->passed_over);
	return output_row(output);
}

static fallible print(struct context *context, const struct newest_list *list, int64_t now, int64_t max_age)
{
	AUTO(output) struct output *output = NULL;
	if (backup_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < list->count; i++)
		TRY(print_one(output, &list->items[i], now, max_age));
	return output_close(output);
}

static void complain(struct str *complaint, const struct newest *newest, int64_t now, int64_t max_age)
{
	if (is_fresh(newest, now, max_age))
		return;
	str_add(complaint, complaint->size ? "; " : "");
	if (!*newest->snapshot) {
		str_add_format(complaint, "there is no good snapshot of \"%s\"", newest->label);
		return;
	}
	AUTO(memory) char *age = age_text(age_of(newest, now));
	str_add_format(complaint, "the newest good snapshot of \"%s\", %s, is %s old", newest->label, newest->snapshot,
		       age);
}

static fallible judge(const struct repository *repository, const struct newest_list *list, int64_t now, int64_t max_age)
{
	AUTO(str) struct str complaint = {0};
	for (size_t i = 0; i < list->count; i++)
		complain(&complaint, &list->items[i], now, max_age);
	if (!list->count)
		str_add(&complaint, "there is no snapshot");
	return complaint.size
		       ? error_hint(error_new(ERR_NO, "%s: %s", store_display(repository->store), str_text(&complaint)),
				    "see what the last `owctl backup create` said; --label leaves out installations "
				    "that are no more")
		       : NULL;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	AUTO(newest_list) struct newest_list list = {0};
	unsigned char key[DIGEST_SIZE];
	int64_t now = clock_now();
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, true, &recipients));
	TRY(command_repository(context, arguments->repository, &repository));
	repository_key(&repository, &recipients, key);
	TRY(newest_read(&repository, recipients.count ? key : NULL, &arguments->labels, now, &list));
	TRY(print(context, &list, now, arguments->max_age));
	return judge(&repository, &list, now, arguments->max_age);
}

const struct command backup_status_command = {
	.name = "status",
	.summary = "look whether the newest good snapshot is new enough",
	.description =
		"Shows the newest good snapshot of each installation in a repository and how old it is, and ends with "
		"2 where one is older than --max-age or there is none: for a monitor, which notices so that nothing "
		"ran at all. With --quiet nothing is printed as long as all is well.\n\n"
		"Good is a snapshot that lacks no file. Whether its data is whole says `owctl backup verify`. One "
		"whose time is in the future is told, and does not count from five minutes on: a clock was wrong, and "
		"would else hide for years that nothing new comes. Where the public keys are known (--recipient, "
		"OWCTL_RECIPIENTS), one that was made by somebody who did not know them is told and does not count. "
		"Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl backup status -q --max-age 26h", "for a monitor or cron"},
					     {"owctl backup status --label production", "of one installation"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
