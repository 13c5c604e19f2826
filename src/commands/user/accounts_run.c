#include "commands/user/accounts_run.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

/* Hours of hashing are not thrown away because somebody else writes, or the server starts again. */
#define ATTEMPTS 3
#define PAUSE_MS 1000 /* before the second one; twice that before the third */

static json_t *details(const struct accounts *accounts, const struct strings *made_groups)
{
	json_t *details = json_pack("{s:I,s:I,s:I}", "created", (json_int_t)accounts_count(accounts, ACCOUNT_NEW),
				    "existed", (json_int_t)accounts_count(accounts, ACCOUNT_EXISTS), "refused",
				    (json_int_t)accounts_count(accounts, ACCOUNT_BAD));
	if (accounts->count == 1)
		json_object_update_new(details, json_pack("{s:s,s:o,s:o}", "id", accounts->items[0].id, "email",
							  audit_text(accounts->items[0].email), "role",
							  audit_text(accounts->items[0].role)));
	if (made_groups->count) {
		json_t *groups = json_array();
		for (size_t i = 0; i < made_groups->count; i++)
			json_array_append_new(groups, audit_text(made_groups->items[i]));
		json_object_set_new(details, "groups", groups);
	}
	return details;
}

static bool needs_hashing(const struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (account_needs_hashing(&accounts->items[i]))
			return true;
	return false;
}

fallible accounts_look(struct context *context, const struct accounts_job *job)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	TRY(audit_prepare(context)); /* before hours of hashing */
	TRY(command_open(context, &installation));
	TRY(accounts_check(job->accounts, &installation, &job->options, &missing));
	return job->options.skip_bad ? NULL : accounts_refuse_bad(job->accounts);
}

static fallible check(struct installation *installation, const void *accounts, char **fault)
{
	return accounts_seen(accounts, installation, fault);
}

static void tell_groups(const struct context *context, const struct strings *made)
{
	AUTO(str) struct str names = {0};
	for (size_t i = 0; i < made->count; i++)
		str_add_format(&names, "%s\"%s\"", i ? ", " : "", made->items[i]);
	if (made->count)
		log_note("%s: %s", command_outcome(context, "groups made", "groups that would be made"),
			 str_text(&names));
}

/* Before the first accounts are written. */
static fallible warn_without_administrator(struct context *context, struct installation *installation,
					   const struct accounts *accounts)
{
	int64_t present;
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->items[i].state == ACCOUNT_NEW && text_equal(accounts->items[i].role, "admin"))
			return NULL;
	TRY(db_single_integer(installation->db, "select count(*) from \"user\"", NULL, 0, &present));
	if (!present && accounts_count(accounts, ACCOUNT_NEW))
		log_warning("no account %s an administrator: Open WebUI makes the first one that signs up "
			    "administrator only where there are no accounts yet; `owctl user create EMAIL --role "
			    "admin` makes one",
			    context->globals.dry_run ? "would be" : "is going to be");
	return NULL;
}

static const char *secret_of(const struct accounts *accounts)
{
	size_t generated = 0;
	for (size_t i = 0; i < accounts->count; i++)
		generated += accounts->items[i].generated && accounts->items[i].state == ACCOUNT_NEW;
	return !generated ? NULL : generated == 1 ? "the generated password" : "the generated passwords";
}

static fallible finish(struct context *context, struct installation *installation, const struct accounts_job *job,
		       const struct strings *made_groups)
{
	if (!accounts_count(job->accounts, ACCOUNT_NEW))
		return job->print(context, job->accounts);
	struct error *error = command_finish(context, installation,
					     &(struct change){.details = details(job->accounts, made_groups),
							      .check = check,
							      .print = job->print,
							      .state = job->accounts,
							      .secret = secret_of(job->accounts),
							      .look = job->look});
	if (context->globals.dry_run || context->change == CHANGE_MADE)
		tell_groups(context, made_groups);
	return error;
}

static fallible write_once(struct context *context, const struct accounts_job *job)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings made_groups = {0};
	TRY(command_open_for_change(context, &installation));
	TRY(warn_without_administrator(context, &installation, job->accounts));
	TRY(accounts_write(job->accounts, &installation, &job->options, clock_now(), &made_groups));
	return finish(context, &installation, job, &made_groups);
}

static bool worth_another(const struct context *context, const struct error *error)
{
	return error && context->change == CHANGE_NONE && (error->code == ERR_BUSY || error->code == ERR_UNREACHABLE);
}

static fallible write_hashed(struct context *context, const struct accounts_job *job)
{
	for (int attempt = 1;; attempt++) {
		struct error *error = write_once(context, job);
		if (attempt == ATTEMPTS || !worth_another(context, error))
			return error;
		AUTO(memory) char *text = error_text(error);
		error_free(error);
		log_note("%s; the hashed passwords are kept, and writing is tried again (%d of %d)", text, attempt + 1,
			 ATTEMPTS);
		cancel_sleep(attempt * PAUSE_MS);
		TRY(cancel_check());
	}
}

/* A dry run goes as far as the checks. */
static fallible check_all(struct context *context, const struct accounts_job *job)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	TRY(command_open_for_change(context, &installation));
	TRY(accounts_check(job->accounts, &installation, &job->options, &missing));
	if (!job->options.skip_bad)
		TRY(accounts_refuse_bad(job->accounts));
	TRY(warn_without_administrator(context, &installation, job->accounts));
	return finish(context, &installation, job, &missing);
}

fallible accounts_run(struct context *context, const struct accounts_job *job)
{
	struct accounts *accounts = job->accounts;
	bool refused = !job->options.skip_bad && accounts_count(accounts, ACCOUNT_BAD), many = accounts->count > 1;
	/* Of many rows all faults are told at once, those too that only the database knows. */
	if (refused)
		return many ? accounts_look(context, job) : accounts_refuse_bad(accounts);
	if (context->globals.dry_run)
		return check_all(context, job);
	if (!needs_hashing(accounts))
		return write_once(context, job);
	/* One account is hashed sooner than a slow line answers. */
	if (many)
		TRY(accounts_look(context, job));
	TRY(accounts_hash(accounts, job->options.algorithm));
	return many ? write_hashed(context, job) : write_once(context, job);
}
