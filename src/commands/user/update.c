#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "commands/user/user.h"

struct arguments {
	const char *user, *email, *name, *role, *username;
};

static const struct argument arguments_table[] = {
	USER_ARGUMENT(struct arguments, user),
	{0},
};

static const struct option options[] = {
	{.name = "email", OPTION_TEXT(struct arguments, email), .value_name = "EMAIL", .help = "new mail address"},
	{.name = "name", OPTION_TEXT(struct arguments, name), .value_name = "NAME", .help = "new name shown to others"},
	{.name = "role",
	 OPTION_CHOICE(struct arguments, role, user_roles),
	 .value_name = "ROLE",
	 .help = "new role"},
	{.name = "username", OPTION_TEXT(struct arguments, username), .value_name = "HANDLE", .help = "new handle"},
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .help = "id of the account"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address after the change"},
	{"name", COLUMN_TEXT, .nullable = true, .help = "name after the change"},
	{"role", COLUMN_TEXT, .nullable = true, .help = "role after the change"},
	{"username", COLUMN_TEXT, .nullable = true, .help = "handle after the change"},
	{"outcome", COLUMN_TEXT,
	 .help = "`updated`, `unchanged`, `would update`, or `unknown` where the connection was lost while"
		 " committing"},
	{0},
};

static fallible check(const struct user_change *change)
{
	if (!change->email && !change->name && !change->role && !change->username)
		return error_hint(error_new(ERR_USAGE, "nothing to change"),
				  "give --email, --name, --role or --username");
	const char *fault = change->email ? email_fault(change->email) : NULL;
	if (fault)
		return error_hint(error_new(ERR_INPUT, "the mail address %s", fault), "%s", email_hint);
	fault = change->name ? name_fault(change->name) : NULL;
	if (fault)
		return error_hint(error_new(ERR_INPUT, "the name %s", fault), "%s", name_hint);
	fault = change->username ? name_fault(change->username) : NULL;
	return fault ? error_hint(error_new(ERR_INPUT, "the handle %s", fault), "%s", name_hint) : NULL;
}

/* Open WebUI refuses it too where the primary administrator is to lose the role; whoever has another one gets any. */
static fallible check_role(struct installation *installation, const struct user *user, const char *role)
{
	bool loses = role && !text_equal(role, "admin") && text_equal(user->role, "admin");
	return loses ? user_check_spared(installation, user) : NULL;
}

static bool differs(const char *wanted, const char *present)
{
	return wanted && !text_equal(wanted, present);
}

static bool anything_differs(const struct user_change *change, const struct user *user)
{
	return differs(change->email, user->email) || differs(change->name, user->name) ||
	       differs(change->role, user->role) || differs(change->username, user->username);
}

static void add_difference(json_t *details, const char *field, const char *before, const char *after)
{
	if (differs(after, before))
		json_object_set_new(details, field,
				    json_pack("{s:o,s:o}", "before", audit_text(before), "after", audit_text(after)));
}

struct update {
	const struct user_change *change;
	const struct user *user; /* as it was before */
	bool needed;
};

static fallible check_written(struct installation *installation, const void *state, char **fault)
{
	const struct update *update = state;
	AUTO(user) struct user seen = {0};
	TRY(user_find(installation, update->user->id, &seen));
	if (anything_differs(update->change, &seen) ||
	    (update->user->auth_email && differs(update->change->email, seen.auth_email)))
		*fault = text_format("the account %s does not read back as it was written", update->user->id);
	return NULL;
}

static json_t *details(const struct update *update)
{
	const struct user *user = update->user;
	json_t *details = json_pack("{s:o}", "id", audit_text(user->id));
	add_difference(details, "email", user->email, update->change->email);
	add_difference(details, "name", user->name, update->change->name);
	add_difference(details, "role", user->role, update->change->role);
	add_difference(details, "username", user->username, update->change->username);
	return details;
}

static fallible print(struct context *context, const void *state)
{
	const struct update *update = state;
	const struct user_change *change = update->change;
	const struct user *user = update->user;
	const char *const cells[] = {
		user->id,
		change->email ? change->email : user->email,
		change->name ? change->name : user->name,
		change->role ? change->role : user->role,
		change->username ? change->username : user->username,
		update->needed ? command_outcome(context, "updated", "would update") : "unchanged",
	};
	return context_print_texts(context, NULL, cells, COUNT(cells));
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(memory) char *email = arguments->email ? email_normalize(arguments->email) : NULL;
	struct user_change change = {email, arguments->name, arguments->role, arguments->username};
	TRY(check(&change));
	AUTO(installation) struct installation installation = {0};
	AUTO(user) struct user user = {0};
	TRY(command_open_for_change(context, &installation));
	TRY(user_find(&installation, arguments->user, &user));
	TRY(check_role(&installation, &user, arguments->role));
	struct update update = {&change, &user, anything_differs(&change, &user)};
	if (!update.needed)
		return print(context, &update);
	if (context->globals.dry_run)
		TRY(user_check_email_unused(&installation, user.id, email));
	else
		TRY(user_update(&installation, user.id, &change, clock_now()));
	AUTO(memory) char *look = text_format("owctl user show %s", user.id);
	return command_finish(context, &installation,
			      &(struct change){.details = details(&update),
					       .check = check_written,
					       .print = print,
					       .state = &update,
					       .look = look});
}

const struct command user_update_command = {
	.name = "update",
	.summary = "change address, name, role or handle of an account",
	.description = "Changes what is given and leaves the rest. The address changes in both places where Open WebUI "
		       "keeps it. Sessions stay; `owctl user passwd` ends them. The oldest account, which Open WebUI "
		       "takes for the primary administrator, and the only administrator keep the role admin.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){{"owctl user update bob@example.org --role admin", "make Bob administrator"},
					 {"owctl user update bob@example.org --email bob@example.com", "a new address"},
					 {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
