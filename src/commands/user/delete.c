#include "base/memory.h"
#include "commands/user/user.h"
#include "provision/removal.h"

struct arguments {
	const char *user;
};

static const struct argument arguments_table[] = {
	USER_ARGUMENT(struct arguments, user),
	{0},
};

static const struct column columns[] = {
	{"kind", COLUMN_TEXT, .help = "what belongs to the account"},
	{"table", COLUMN_TEXT, .extra = true, .help = "table of the database"},
	{"rows", COLUMN_INTEGER, .help = "how many"},
	{"outcome", COLUMN_TEXT,
	 .help = "`deleted` or `remains`; in a dry run `would delete` or `would remain`; `unknown` where"
		 " the connection was lost while committing"},
	{0},
};

static fallible print_row(struct output *output, const char *kind, const char *table, int64_t rows, const char *outcome)
{
	output_string(output, kind);
	output_string(output, table);
	output_integer(output, rows);
	output_string(output, outcome);
	return output_row(output);
}

static fallible print(struct context *context, const void *state)
{
	const struct removal_plan *plan = state;
	const char *deleted = command_outcome(context, "deleted", "would delete");
	const char *remains = context->globals.dry_run ? "would remain" : "remains";
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	TRY(print_row(output, "account", "user", 1, deleted));
	for (size_t i = 0; i < plan->count; i++)
		TRY(print_row(output, plan->items[i].kind->noun, plan->items[i].kind->table, plan->items[i].rows,
			      plan->items[i].kind->removed ? deleted : remains));
	if (plan->grants)
		TRY(print_row(output, "grants to the account", "access_grant", plan->grants, deleted));
	return output_close(output);
}

/* "3 files, 1 model": what the question has to say; NULL: nothing. */
static char *leftovers(const struct removal_plan *plan)
{
	AUTO(strings) struct strings list = {0};
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->items[i].kind->removed)
			strings_add_taken(&list, text_format("%lld %s", (long long)plan->items[i].rows,
							     plan->items[i].kind->noun));
	return list.count ? strings_join(&list, ", ") : NULL;
}

static json_t *details(const struct removal_plan *plan)
{
	json_t *rows = json_object();
	for (size_t i = 0; i < plan->count; i++)
		json_object_set_new(rows, plan->items[i].kind->table, json_integer((json_int_t)plan->items[i].rows));
	return json_pack("{s:o,s:o,s:o,s:o}", "id", audit_text(plan->user.id), "email", audit_text(plan->user.email),
			 "role", audit_text(plan->user.role), "rows", rows);
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	return removal_check(installation, state, fault);
}

/* The question is asked before the write lock is taken: nobody waits for an operator who thinks. */
static fallible ask(struct context *context, const struct arguments *arguments)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(removal_plan) struct removal_plan plan = {0};
	if (context->globals.yes || context->globals.dry_run)
		return NULL;
	TRY(command_open(context, &installation));
	TRY(removal_plan(&installation, arguments->user, &plan));
	AUTO(memory) char *rest = leftovers(&plan);
	AUTO(memory) char *where = installation_describe(&installation);
	return context_confirm(context, "Delete %s (%s) from %s? %s%s", plan.user.email, plan.user.name, where,
			       rest ? "These would remain without an owner: " : "Nothing of it would remain",
			       rest ? rest : "");
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(installation) struct installation installation = {0};
	AUTO(removal_plan) struct removal_plan plan = {0};
	TRY(ask(context, arguments));
	TRY(command_open_for_change(context, &installation));
	TRY(removal_plan(&installation, arguments->user, &plan));
	if (!context->globals.dry_run)
		TRY(removal_run(&installation, &plan));
	return command_finish(context, &installation,
			      &(struct change){.details = details(&plan),
					       .check = check,
					       .print = print,
					       .state = &plan,
					       .look = "owctl user list"});
}

const struct command user_delete_command = {
	.name = "delete",
	.summary = "delete an account and say what remains",
	.description =
		"Deletes an account as Open WebUI itself does: with its credentials, chats, group memberships, API "
		"keys and single sign-on sessions. What else it owns (files, knowledge, models, prompts, tools, ..) "
		"remains without an owner and is listed.\n\n"
		"The oldest account, which Open WebUI takes for the primary administrator, and the only administrator "
		"can't be deleted. Asks on a terminal; needs --yes elsewhere.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl user delete bob@example.org --dry-run",
					      "what would be deleted, and what would remain"},
					     {"owctl user delete bob@example.org --yes", "in a script"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
