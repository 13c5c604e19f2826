#include "backup/prune.h"

#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/backup.h"

struct arguments {
	const char *repository, *recipients_file;
	struct strings recipients, tags, drops;
	int64_t last, hourly, daily, weekly, monthly, yearly, within, grace;
};

#define KEEP_OPTION(word, member, text)                                                                        \
	{.name = "keep-" word,                                                                                 \
	 OPTION_INTEGER(struct arguments, member),                                                             \
	 .smallest = 1,                                                                                        \
	 .largest = 1000000,                                                                                   \
	 .value_name = "N",                                                                                    \
	 .help = text}

static const struct option options[] = {
	KEEP_OPTION("last", last, "keep the newest N snapshots"),
	KEEP_OPTION("hourly", hourly, "keep one of each of the last N hours that have one"),
	KEEP_OPTION("daily", daily, "the same with days, from midnight UTC"),
	KEEP_OPTION("weekly", weekly, "the same with weeks, from Monday"),
	KEEP_OPTION("monthly", monthly, "the same with months"),
	KEEP_OPTION("yearly", yearly, "the same with years"),
	{.name = "keep-within",
	 OPTION_DURATION(struct arguments, within),
	 .smallest = 1,
	 .value_name = "AGE",
	 .help = "keep all that are younger than this when the newest one was made: 30d"},
	{.name = "keep-tag",
	 OPTION_TEXTS(struct arguments, tags),
	 .value_name = "TAG",
	 .help = "keep all that have this tag"},
	{.name = "drop",
	 OPTION_TEXTS(struct arguments, drops),
	 .value_name = "SNAPSHOT",
	 .complete = complete_snapshot,
	 .help = "remove this one whatever the rules say, also one that is damaged; without a rule nothing else goes"},
	{.name = "grace",
	 OPTION_DURATION(struct arguments, grace),
	 .value_name = "AGE",
	 .fallback = "24h",
	 .help = "how long data has to be marked before it is removed, and a backup silent before it is taken for "
		 "dead"},
	REPOSITORY_OPTION(struct arguments),
	RECIPIENT_OPTIONS(struct arguments),
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "its id"},
	{"time", COLUMN_TIME, .extra = true, .help = "when it saw the database; its id begins with that"},
	{"label", COLUMN_TEXT, .help = "which installation it is of, as whoever made it calls that"},
	{"complete", COLUMN_BOOLEAN, .extra = true,
	 .help = "whether every file was there that its database names"},
	{"reasons", COLUMN_TEXTS,
	 .help = "why it stays: `last`, `hourly`, `daily`, `weekly`, `monthly`, `yearly`, `within`, `tag`; `newest` "
		 "and `newest good` always do; `future` where the clock here is behind its time; `other "
		 "recipients` where it is not of those given"},
	{"outcome", COLUMN_TEXT,
	 .help = "`kept`, `removed`, `would remove` in a dry run, or `locked`: the store does not let it go yet"},
	{0},
};

static bool is_dry(const struct context *context)
{
	return context->globals.dry_run || !context->globals.yes;
}

static fallible print_item(const struct context *context, struct output *output, const struct prune_item *item)
{
	const char *reasons[KEEP_REASONS + 1];
	size_t count = 0;
	for (int i = 0; i < KEEP_REASONS; i++)
		if (item->reasons & 1U << i)
			reasons[count++] = keep_reason_name(i);
	if (item->strange)
		reasons[count++] = "other recipients";
	output_string(output, item->snapshot);
	output_time(output, item->time);
	output_string(output, item->label);
	output_boolean(output, item->complete);
	output_texts(output, reasons, count);
	output_string(output, prune_stays(item)	   ? "kept"
			      : is_dry(context) ? "would remove"
			      : item->locked	   ? "locked"
						   : "removed");
	return output_row(output);
}

static fallible print(struct context *context, const struct prune_plan *plan)
{
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context) && !is_dry(context))
		return NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < plan->count; i++)
		TRY(print_item(context, output, &plan->items[i]));
	return output_close(output);
}

static size_t going(const struct prune_plan *plan)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->count; i++)
		count += !prune_stays(&plan->items[i]);
	return count;
}

static fallible show(struct context *context, const struct prune_request *request)
{
	AUTO(prune_plan) struct prune_plan plan = {0};
	TRY(prune_plan_make(request, &plan));
	TRY(print(context, &plan));
	context_done(context, "%zu of %zu snapshots would be removed; nothing was done%s", going(&plan), plan.count,
		     context->globals.yes ? "" : ", say --yes to have it done");
	return NULL;
}

static void record(struct context *context, const struct prune_request *request, const struct prune_plan *plan,
		   const struct prune_counts *counts)
{
	AUTO(json) json_t *list = json_array();
	for (size_t i = 0, left = counts->snapshots; left && i < plan->count; i++)
		if (!prune_stays(&plan->items[i]) && !plan->items[i].locked) {
			json_array_append_new(list, json_string(plan->items[i].snapshot));
			left--;
		}
	if (!counts->snapshots && !counts->removed)
		return;
	AUTO(json) json_t *details = json_pack("{s:O, s:I, s:I}", "snapshots", list, "objects",
					       (json_int_t)counts->removed, "bytes", (json_int_t)counts->removed_bytes);
	context->change = CHANGE_MADE;
	audit_record(context, store_display(request->repository->store), details);
}

static fallible carry_out(struct context *context, const struct prune_request *request)
{
	AUTO(prune_lock) struct prune_lock lock = {0};
	AUTO(prune_plan) struct prune_plan plan = {0};
	struct prune_counts counts = {0};
	TRY(audit_prepare(context));
	TRY(prune_lock_take(request->repository, &lock));
	TRY(prune_plan_make(request, &plan));
	struct error *error = prune_carry_out(request, &plan, &lock, &counts);
	record(context, request, &plan, &counts);
	if (!error || error->code == ERR_NO)
		error = error_first(error, print(context, &plan));
	AUTO(memory) char *locked = text_format("; the store does not let go of %zu objects yet", counts.locked);
	context_done(context,
		     "snapshots: %zu removed, %zu kept; objects that none needs: %zu removed (%llu bytes), %zu marked "
		     "(%llu bytes), which a prune removes once --grace is over%s",
		     counts.snapshots, plan.count - counts.snapshots, counts.removed,
		     (unsigned long long)counts.removed_bytes, counts.marked, (unsigned long long)counts.marked_bytes,
		     counts.locked ? locked : "");
	return error_hint(error, "the same command goes on");
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(repository) struct repository repository = {0};
	AUTO(age_recipients) struct age_recipients recipients = {0};
	unsigned char key[DIGEST_SIZE];
	struct prune_request request = {.repository = &repository,
					.tags = &arguments->tags,
					.drops = &arguments->drops,
					.grace_s = arguments->grace,
					.rules = {.last = arguments->last,
						  .hourly = arguments->hourly,
						  .daily = arguments->daily,
						  .weekly = arguments->weekly,
						  .monthly = arguments->monthly,
						  .yearly = arguments->yearly,
						  .within_s = arguments->within}};
	if (!keep_has_rules(&request.rules) && arguments->drops.count)
		request.rules.last = INT64_MAX;
	if (!keep_has_rules(&request.rules))
		return error_hint(error_new(ERR_USAGE, "no rule says what is to stay"),
				  "say for example --keep-last 3 --keep-daily 7 --keep-weekly 5 --keep-monthly 12");
	TRY(command_recipients(context, &arguments->recipients, arguments->recipients_file, true, &recipients));
	TRY(command_repository(context, arguments->repository, &repository));
	repository_key(&repository, &recipients, key);
	request.key = recipients.count ? key : NULL;
	return is_dry(context) ? show(context, &request) : carry_out(context, &request);
}

const struct command backup_prune_command = {
	.name = "prune",
	.summary = "remove old snapshots, and what none needs",
	.description =
		"Removes the snapshots that no rule keeps, with --yes; without it, it only lists what would stay and "
		"why. A snapshot stays that any rule keeps. Snapshots of different labels are counted apart. Of each "
		"label the newest always stays, and the newest that is good: complete, with all of its data there. "
		"Hours, days, weeks, months and years are those of UTC, and the newest good snapshot of each stays. "
		"What is of the future by the clock here stays and counts for nothing, lest one snapshot of a clock "
		"that was wrong take the place of others for years. --drop removes one in any case, but not the last "
		"good one of its label.\n\n"
		"Data that no snapshot needs any more, also what a backup left that was killed, is first marked, and "
		"removed by a later prune when it has been so for the time of --grace. Backups may go on meanwhile: "
		"what one may need that is under way is not removed. Only the store's clock counts. One prune works at "
		"a time; what cuts it off does no harm, and the next one goes on. Multipart uploads to S3 that a "
		"backup left are ended when they are as old. What the store does not let go of yet (object lock, "
		"retention, a hold) is named, and left to a later prune.\n\n"
		"No secret key is needed, but the right to delete in the store: better not from the machine that makes "
		"the backups. Where the public keys are known (--recipient, OWCTL_RECIPIENTS), snapshots of others "
		"stay and count for nothing.",
	.options = options,
	.examples =
		(const struct example[]){{"owctl backup prune --keep-daily 7 --keep-weekly 5",
					  "shows what would stay, and why; --yes does it"},
					 {"owctl backup prune -q --yes --keep-last 3 --keep-daily 14 --keep-monthly 12",
					  "for cron"},
					 {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
