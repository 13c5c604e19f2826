#include "commands/common.h"

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "openwebui/users.h"

static bool keeps_writers_waiting(const void *installation)
{
	return db_keeps_writers_waiting(((const struct installation *)installation)->db);
}

static void end_transaction(void *installation)
{
	db_rollback(((struct installation *)installation)->db);
}

/* Whatever the command waits for from now on does not keep the server from writing. */
static void make_known(struct context *context, struct installation *installation)
{
	context->source = (struct output_source){installation, keeps_writers_waiting, end_transaction};
	installation->known_at = &context->source.state;
}

fallible command_open_as(struct context *context, struct installation_options options,
			 struct installation *installation)
{
	options.timeout_s = context->globals.timeout;
	if (options.for_change)
		TRY(audit_prepare(context));
	if (options.for_change && context->globals.dry_run) {
		options.access = DB_READ;
		options.create = false;
	}
	TRY(installation_open(context->settings, &options, installation));
	make_known(context, installation);
	return options.for_change ? audit_keep_apart(context, installation->file) : NULL;
}

fallible command_tell_metrics(struct context *context, struct metrics *metrics, const char *path,
			      struct error *error)
{
	telling_add_metrics(context->telling, metrics);
	return path ? error_first(error, metrics_write(metrics, path, !error)) : error;
}

fallible command_open(struct context *context, struct installation *installation)
{
	return command_open_as(context, (struct installation_options){.access = DB_READ}, installation);
}

fallible command_open_for_change(struct context *context, struct installation *installation)
{
	TRY(command_open_as(context, (struct installation_options){.access = DB_WRITE, .for_change = true},
			    installation));
	return context->globals.dry_run ? NULL : installation_lock(installation);
}

static fallible check_before(struct installation *installation, const struct change *change)
{
	AUTO(memory) char *fault = NULL;
	if (!change->details)
		return error_new(ERR_FAILED, "the record of the change can't be made; nothing was changed");
	TRY(change->check(installation, change->state, &fault));
	return fault ? error_hint(error_new(ERR_FAILED, "%s; nothing was changed", fault), "%s", swallowed_hint) : NULL;
}

/* NULL once it is committed; an error with context->change set: it may be. */
static fallible commit(struct context *context, struct installation *installation, const char *where,
		       const json_t *details)
{
	log_note("changing %s", where);
	struct error *error = installation_commit(installation);
	if (error && !db_commit_unknown(installation->db))
		return error;
	context->change = error ? CHANGE_UNKNOWN : CHANGE_MADE;
	audit_record(context, where, details);
	return error;
}

/* What the error itself would advise was meant for a command that has changed nothing. */
static fallible print(struct context *context, const struct change *change)
{
	const char *may = context->change == CHANGE_UNKNOWN ? "may have been" : "was";
	struct error *error = error_without_hints(change->print(context, change->state));
	if (change->secret)
		return error_hint(error_wrap(error, "the change %s made, but %s could not be shown", may,
					     change->secret),
				  "nobody knows what was made: `owctl user passwd` sets another one");
	return error_hint(error_wrap(error, "the change %s made, but could not be shown", may),
			  "`%s` shows what is there", change->look);
}

static fallible check_anew(struct installation *installation, const struct change *change, char **fault)
{
	TRY(db_begin(installation->db, DB_READ));
	TRY(change->check(installation, change->state, fault));
	db_rollback(installation->db);
	return NULL;
}

fallible command_not_read_back(struct error *error)
{
	return error_wrap(error_without_hints(error), "the change was made, but could not be read back");
}

static fallible read_back(struct installation *installation, const struct change *change)
{
	AUTO(memory) char *fault = NULL;
	struct error *error = check_anew(installation, change, &fault);
	if (error)
		return error_hint(command_not_read_back(error), "`%s` shows what is there", change->look);
	return fault ? error_hint(error_new(ERR_FAILED, "the change was made, but %s", fault),
				  "somebody else may have changed it at once; `%s` shows what is there", change->look)
		     : NULL;
}

/* From the commit to the word of what came of it. */
static fallible carry_out(struct context *context, struct installation *installation, const char *where,
			  const json_t *details, const struct change *change)
{
	struct error *error = commit(context, installation, where, details);
	if (context->change == CHANGE_NONE)
		return error;
	if (context->change == CHANGE_UNKNOWN)
		error = error_hint(error_without_hints(error),
				   "the server may still be at it; look before you run the command again: `%s`",
				   change->look);
	if (change->after && context->change == CHANGE_MADE)
		error = error_first(error, change->after(context, change->state));
	return error_first(error, print(context, change));
}

fallible command_finish(struct context *context, struct installation *installation, const struct change *change)
{
	json_auto_t *details = change->details;
	AUTO(memory) char *where = installation_describe(installation); /* as it was before */
	if (context->globals.dry_run) {
		log_note("would change %s", where);
		return change->print(context, change->state);
	}
	TRY(check_before(installation, change));
	cancel_hold(true);
	struct error *error = carry_out(context, installation, where, details, change);
	cancel_hold(false);
	if (context->change == CHANGE_NONE)
		return error;
	return context->change == CHANGE_MADE ? error_first(error, read_back(installation, change)) : error;
}

void command_put_cell(struct output *output, const struct db_rows *rows, int column)
{
	struct db_value value = db_cell(rows, column);
	if (value.type == DB_TEXT)
		output_text(output, value.text, value.size);
	else
		output_string(output, db_cell_text(rows, column));
}

const char *command_outcome(const struct context *context, const char *done, const char *would)
{
	if (context->globals.dry_run)
		return would;
	return context->change == CHANGE_UNKNOWN ? "unknown" : done;
}

fallible command_refuse_others(struct db *db, const char *hint)
{
	AUTO(strings) struct strings others = {0};
	TRY(db_others(db, &others));
	if (!others.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&others, "; ");
	return error_hint(error_new(ERR_BUSY, "%s is in use: %s", db_display(db), list), "%s", hint);
}
