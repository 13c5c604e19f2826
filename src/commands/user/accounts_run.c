#include "commands/user/accounts_run.h"

#include "openwebui/config.h"

static json_t *details(const struct accounts *accounts)
{
	json_t *details = json_pack("{s:I,s:I,s:I}", "created", (json_int_t)accounts_count(accounts, ACCOUNT_NEW),
				    "existed", (json_int_t)accounts_count(accounts, ACCOUNT_EXISTS), "refused",
				    (json_int_t)accounts_count(accounts, ACCOUNT_BAD));
	if (accounts->count == 1)
		json_object_update_new(details, json_pack("{s:s,s:s,s:s?}", "id", accounts->items[0].id, "email",
							  accounts->items[0].email, "role", accounts->items[0].role));
	return details;
}

static bool needs_hashing(const struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW && accounts->items[i].password && !accounts->items[i].hash)
			return true;
	return false;
}

/* Before hours of hashing: would the database take the rows? Reads only. */
static fallible check_first(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	if (context->globals.dry_run)
		TRY(command_open_for_change(context, &installation));
	else
		TRY(command_open(context, &installation));
	TRY(accounts_check(accounts, &installation, options, &missing));
	return options->skip_bad ? NULL : accounts_refuse_bad(accounts);
}

static fallible write_all(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings groups = {0};
	TRY(command_open_for_change(context, &installation));
	TRY(config_default_group(&installation, &groups));
	for (size_t i = 0; options->groups && i < options->groups->count; i++)
		strings_add(&groups, options->groups->items[i]);
	struct accounts_options with_default = *options;
	with_default.groups = &groups;
	TRY(accounts_write(accounts, &installation, &with_default));
	command_record(context, &installation, details(accounts));
	return accounts_read_back(accounts, &installation);
}

fallible accounts_run(struct context *context, struct accounts *accounts, const struct accounts_options *options,
		      enum password_algorithm algorithm)
{
	bool refused = !options->skip_bad && accounts_count(accounts, ACCOUNT_BAD);
	if (refused && accounts->count == 1)
		return accounts_refuse_bad(accounts);
	/* Of many rows all faults are told at once, those too that only the database knows. */
	if (refused || context->globals.dry_run)
		return check_first(context, accounts, options);
	if (needs_hashing(accounts)) {
		/* One account is hashed sooner than a slow line answers. */
		if (accounts->count > 1)
			TRY(check_first(context, accounts, options));
		TRY(accounts_hash(accounts, algorithm));
	}
	return write_all(context, accounts, options);
}
