#include "commands/user/accounts_run.h"

#include "base/clock.h"
#include "openwebui/config.h"

static json_t *details(const struct accounts *accounts)
{
	json_t *details = json_pack("{s:I,s:I,s:I}", "created", (json_int_t)accounts_count(accounts, ACCOUNT_NEW),
				    "existed", (json_int_t)accounts_count(accounts, ACCOUNT_EXISTS), "refused",
				    (json_int_t)accounts_count(accounts, ACCOUNT_BAD));
	if (accounts->count == 1)
		json_object_update_new(details, json_pack("{s:s,s:o,s:o}", "id", accounts->items[0].id, "email",
							  audit_text(accounts->items[0].email), "role",
							  audit_text(accounts->items[0].role)));
	return details;
}

static bool needs_hashing(const struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW && accounts->items[i].password && !accounts->items[i].hash)
			return true;
	return false;
}

fallible accounts_look(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	TRY(command_open(context, &installation));
	TRY(accounts_check(accounts, &installation, options, &missing));
	return options->skip_bad ? NULL : accounts_refuse_bad(accounts);
}

static fallible write_all(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings groups = {0};
	int64_t now = clock_now();
	TRY(command_open_for_change(context, &installation));
	TRY(config_default_group(&installation, &groups));
	for (size_t i = 0; options->groups && i < options->groups->count; i++)
		strings_add(&groups, options->groups->items[i]);
	struct accounts_options with_default = *options;
	with_default.groups = &groups;
	TRY(accounts_write(accounts, &installation, &with_default, now));
	if (!accounts_count(accounts, ACCOUNT_NEW))
		return NULL;
	TRY(command_commit(context, &installation, details(accounts)));
	accounts->written_at = now;
	return accounts_read_back(accounts, &installation);
}

/* A dry run goes as far as the checks. */
static fallible check_all(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	TRY(command_open_for_change(context, &installation));
	TRY(accounts_check(accounts, &installation, options, &missing));
	if (!options->skip_bad)
		TRY(accounts_refuse_bad(accounts));
	return accounts_count(accounts, ACCOUNT_NEW) ? command_commit(context, &installation, details(accounts)) : NULL;
}

fallible accounts_run(struct context *context, struct accounts *accounts, const struct accounts_options *options)
{
	bool refused = !options->skip_bad && accounts_count(accounts, ACCOUNT_BAD);
	if (refused && accounts->count == 1)
		return accounts_refuse_bad(accounts);
	/* Of many rows all faults are told at once, those too that only the database knows. */
	if (refused)
		return accounts_look(context, accounts, options);
	if (context->globals.dry_run)
		return check_all(context, accounts, options);
	if (needs_hashing(accounts)) {
		/* One account is hashed sooner than a slow line answers. */
		if (accounts->count > 1)
			TRY(accounts_look(context, accounts, options));
		TRY(accounts_hash(accounts, options->algorithm));
	}
	return write_all(context, accounts, options);
}
