#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/shell.h"
#include "commands/user/user.h"
#include "openwebui/config.h"
#include "openwebui/schema.h"
#include "openwebui/sessions.h"
#include "provision/merge.h"

struct arguments {
	const char *from, *into;
};

static const struct argument arguments_table[] = {
	{.name = "FROM",
	 OPTION_TEXT(struct arguments, from),
	 .help = "id of the account that goes, or its mail address if no other account has that",
	 .required = true},
	{.name = "INTO",
	 OPTION_TEXT(struct arguments, into),
	 .help = "id of the account that stays, or its mail address if no other account has that",
	 .required = true},
	{0},
};

static const struct column columns[] = {
	{"kind", COLUMN_TEXT, .help = "what belongs to the account that goes"},
	{"table", COLUMN_TEXT, .help = "table of the database"},
	{"rows", COLUMN_INTEGER, .help = "how many"},
	{"outcome", COLUMN_TEXT,
	 .help = "`moved` to the account that stays; `dropped`, as that has the same; `changed` to name it; `lost`, as "
		 "it has its own; `deleted` with the account; `remains`, in a column that is not Open WebUI's; in a "
		 "dry run `would move` and so on; `unknown` where the connection was lost while committing"},
	{0},
};

struct merge {
	struct installation *installation;
	struct merge_plan plan;
};

static const struct {
	const char *done, *would;
} outcomes[] = {
	[MERGE_MOVES] = {"moved", "would move"},       [MERGE_IS_THERE] = {"dropped", "would drop"},
	[MERGE_CHANGES] = {"changed", "would change"}, [MERGE_IS_LOST] = {"lost", "would be lost"},
	[MERGE_GOES] = {"deleted", "would delete"},    [MERGE_REMAINS] = {"remains", "would remain"},
};

static fallible print(struct context *context, const void *state)
{
	const struct merge_plan *plan = &((const struct merge *)state)->plan;
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < plan->count; i++) {
		const struct merge_step *step = &plan->steps[i];
		output_string(output, step->kind);
		output_string(output, step->table);
		output_integer(output, step->rows);
		output_string(output, command_outcome(context, outcomes[step->outcome].done,
						      outcomes[step->outcome].would));
		TRY(output_row(output));
	}
	TRY(output_close(output));
	if (plan->memories)
		log_note("the memories are in the database, but not among those that the server searches for %s until "
			 "it indexes them anew: it does when the account asks for it (POST /api/v1/memories/reset)",
			 plan->into.id);
	return NULL;
}

/* "12 chats, 1 model": those of one outcome; NULL: none. */
static char *list_of(const struct merge_plan *plan, enum merge_outcome outcome)
{
	AUTO(strings) struct strings list = {0};
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].outcome == outcome)
			strings_add_taken(&list, text_format("%lld %s", (long long)plan->steps[i].rows,
							     plan->steps[i].kind));
	return list.count ? strings_join(&list, ", ") : NULL;
}

static void add_part(struct str *text, const struct merge_plan *plan, enum merge_outcome outcome, const char *what)
{
	AUTO(memory) char *list = list_of(plan, outcome);
	if (list)
		str_add_format(text, " %s: %s.", what, list);
}

static json_t *account_details(const struct user *user)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:I}", "id", audit_text(user->id), "email", audit_text(user->email), "name",
			 audit_text(user->name), "role", audit_text(user->role), "created_at",
			 (json_int_t)user->created_at);
}

static json_t *details(const struct merge_plan *plan)
{
	json_t *steps = json_array();
	for (size_t i = 0; i < plan->count; i++)
		json_array_append_new(steps, json_pack("{s:o,s:o,s:I,s:s}", "kind", audit_text(plan->steps[i].kind),
						       "table", audit_text(plan->steps[i].table), "rows",
						       (json_int_t)plan->steps[i].rows, "outcome",
						       outcomes[plan->steps[i].outcome].done));
	return json_pack("{s:o,s:o,s:o}", "from", account_details(&plan->from), "into", account_details(&plan->into),
			 "rows", steps);
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	return merge_check(installation, &((const struct merge *)state)->plan, fault);
}

/* A token of an account that is not there is refused by every release. The mark also ends connections that are open. */
static fallible end_sessions(struct context *context, void *state)
{
	const struct merge *merge = state;
	const char *const ids[] = {merge->plan.from.id};
	enum sessions_outcome found;
	int64_t lifetime_s;
	if (!schema_ends_sessions_in_redis(merge->installation->read_as))
		return NULL;
	struct error *error = db_begin(merge->installation->db, DB_READ);
	if (!error)
		error = config_session_lifetime(merge->installation, &lifetime_s);
	db_rollback(merge->installation->db);
	if (!error)
		error = sessions_revoke(context->settings, ids, 1, clock_now(), lifetime_s, context->globals.timeout,
					&found);
	if (error)
		log_warning_error(error_wrap(error, "the account is gone, but its sessions are not marked as ended in "
						    "Redis"));
	return NULL;
}

/* As old as a database may be that is held up in its migration by two accounts of one address. */
static fallible open_installation(struct context *context, bool for_change, struct installation *installation)
{
	const struct installation_options options = {
		.access = for_change ? DB_WRITE : DB_READ,
		.for_change = for_change,
		.any_age = true,
		.large_work = true,
	};
	TRY(command_open_as(context, options, installation));
	return for_change && !context->globals.dry_run ? installation_lock(installation) : NULL;
}

/* The question is asked before the write lock is taken: nobody waits for an operator who thinks. */
static fallible ask(struct context *context, const struct arguments *arguments)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(merge_plan) struct merge_plan plan = {0};
	AUTO(str) struct str text = {0};
	if (context->globals.yes || context->globals.dry_run)
		return NULL;
	TRY(open_installation(context, false, &installation));
	TRY(merge_plan(&installation, arguments->from, arguments->into, &plan));
	AUTO(memory) char *where = installation_describe(&installation);
	add_part(&text, &plan, MERGE_MOVES, "Moves");
	add_part(&text, &plan, MERGE_IS_THERE, "Drops what the other has too");
	add_part(&text, &plan, MERGE_IS_LOST, "Loses what the other has otherwise");
	add_part(&text, &plan, MERGE_GOES, "Deletes");
	add_part(&text, &plan, MERGE_REMAINS, "Leaves as it is");
	return context_confirm(context, "Merge %s (%s, %s) into %s (%s, %s) in %s?%s", plan.from.id, plan.from.email,
			       plan.from.role ? plan.from.role : "no role", plan.into.id, plan.into.email,
			       plan.into.role ? plan.into.role : "no role", where, str_text(&text));
}

static fallible merge(struct context *context, const struct arguments *arguments, struct installation *installation,
		      struct merge *merge)
{
	TRY(merge_plan(installation, arguments->from, arguments->into, &merge->plan));
	if (!context->globals.dry_run)
		TRY(merge_run(installation, &merge->plan, clock_now()));
	AUTO(memory) char *from = shell_word(merge->plan.from.id);
	AUTO(memory) char *into = shell_word(merge->plan.into.id);
	/* Others may refuse a database that is as old. */
	AUTO(memory) char *look = text_format("owctl user merge %s %s --dry-run", from, into);
	return command_finish(context, installation,
			      &(struct change){.details = details(&merge->plan),
					       .check = check,
					       .after = end_sessions,
					       .print = print,
					       .state = merge,
					       .look = look});
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	struct merge state = {.installation = &installation};
	TRY(ask(context, arguments));
	TRY(open_installation(context, true, &installation));
	struct error *error = merge(context, arguments, &installation, &state);
	merge_plan_cleanup(&state.plan);
	return error;
}

const struct command user_merge_command = {
	.name = "merge",
	.summary = "move all that an account owns to another one, and delete it",
	.description =
		"Merges the account FROM into the account INTO, in one transaction: its chats, files, knowledge, "
		"models, prompts, groups, grants and all else that has its id becomes INTO's, also where the id stands "
		"inside access rules, lists of members, chats and settings. Then FROM is deleted with its password and "
		"sign-in tokens.\n\n"
		"Where INTO has the same already (a tag, a membership, a grant, a reaction) FROM's is dropped. INTO "
		"keeps its own address, name, role and password. Settings, the sign-in by an identity provider and "
		"other parts of the profile are taken over where INTO has none, and lost where it has its own; an API "
		"key only if both accounts have the same role. --dry-run lists all of it.\n\n"
		"Nothing moves on disk: files lie under their own ids. Memories are moved in the database; Open WebUI "
		"finds them by an index of its own, which INTO has to have made anew.\n\n"
		"The oldest account, which Open WebUI takes for the primary administrator, and the only administrator "
		"can't be merged away. Works on older databases than the other commands: two accounts of one address "
		"keep `owctl migrate up` from going on. Asks on a terminal; needs --yes elsewhere.",
	.arguments = arguments_table,
	.examples =
		(const struct example[]){
			{"owctl user merge 5f2c0a6e-55bd-4d4c-9d0b-3f0a8d7f5a11 bob@example.org --dry-run",
			 "what would move"},
			{"owctl user merge 5f2c0a6e-55bd-4d4c-9d0b-3f0a8d7f5a11 "
			 "c3d1b0a2-8e4f-4b7a-9c55-2d6e7f8a9b10 --yes",
			 "two of one address, by the ids that `owctl user conflicts` tells"},
			{0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
