#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/notify.h"
#include "base/run_id.h"
#include "cli/describe.h"
#include "cli/hidden.h"
#include "cli/screen.h"
#include "cli/wipe.h"

/* A closed standard stream would be reopened by the next open(), and the database written over by a message. Each is
 * given a file that fails in the way a closed one should: output can't be written, input is at its end. */
static void guard_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", O_RDONLY) != fd)
			_exit(ERR_FAILED);
	}
}

/* Memory holds passwords and keys. A limit of 1 rather than 0: the kernel then also does without the helper program
 * that core_pattern may name, which a limit of 0 does not stop (core(5)). */
static void forbid_core_dumps(void)
{
	const struct rlimit limit = {1, 1};
	if (setrlimit(RLIMIT_CORE, &limit)) {
		const struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
	}
}

static void set_up_log(const struct globals *globals)
{
	enum log_level level = LOG_NORMAL;
	if (globals->quiet)
		level = LOG_QUIET_ONLY_ERRORS;
	else if (globals->verbose)
		level = globals->verbose == 1 ? LOG_VERBOSE : LOG_DEBUGGING;
	log_setup(level, text_equal(globals->log_format, "json"));
}

static fallible with_what_was_changed(const struct context *context, struct error *error)
{
	if (!error)
		return context->unrecorded;
	error = error_first(error, context->unrecorded);
	if (context->command->changes && context->change == CHANGE_NONE && error->code == ERR_INTERRUPTED)
		error = error_hint(error, "nothing was changed");
	if (context->change != CHANGE_NONE)
		error = error_hint(error, "the change %s made all the same: look before you run the command again",
				   context->change == CHANGE_UNKNOWN ? "may have been" : "was");
	return error;
}

static void end_telling(const struct context *context, const struct error *error)
{
	static const char *const changed[] = {
		[CHANGE_NONE] = "no", [CHANGE_MADE] = "yes", [CHANGE_UNKNOWN] = "unknown"};
	const struct command *command = context->command;
	telling_end(context->telling,
		    &(struct telling_end){
			    .error = error,
			    .status = error ? error_status(command, (int)error->code) : context->verdict,
			    .changed = command->changes ? changed[context->change] : NULL,
			    .dry_run = context->globals.dry_run,
		    });
}

static fallible run_handler(struct invocation *invocation, struct telling *telling, int *status)
{
	const struct command *command = invocation->command;
	struct context context = {.command = command,
				  .path = invocation->path,
				  .globals = invocation->globals,
				  .telling = telling};
	AUTO(settings) struct settings *settings = NULL;
	log_detail("run %s of owctl " OWCTL_VERSION ": %s", run_id(), context.path);
	TRY(context_check_output(&context));
	if (!command->standalone) {
		TRY(run_id_check());
		TRY(globals_settings(&context.globals, context.globals.profile, &settings));
	}
	context.settings = settings;
	telling_begin(telling, context.path, command->untold || context.globals.untold ? NULL : settings);
	struct error *error = with_what_was_changed(&context, command->run(&context, invocation->values));
	*status = context.verdict;
	end_telling(&context, error);
	return error;
}

static fallible show_help(const struct invocation *invocation)
{
	AUTO(str) struct str text = {0};
	help_write(&text, invocation->command, invocation->path, screen_width(stdout));
	return screen_write(stdout, &text);
}

static fallible show_short_help(const struct invocation *invocation)
{
	AUTO(str) struct str text = {0};
	help_write_short(&text, invocation->command, invocation->path, screen_width(stderr));
	str_add_char(&text, '\n');
	return screen_write(stderr, &text);
}

/* `*status` is that of a run without an error. */
static fallible run_invocation(struct invocation *invocation, struct telling *telling, int *status)
{
	if (invocation->help)
		return show_help(invocation);
	if (invocation->globals.version) {
		AUTO(str) struct str text = {0};
		str_add(&text, "owctl " OWCTL_VERSION "\n");
		return screen_write(stdout, &text);
	}
	if (!invocation->incomplete)
		return run_handler(invocation, telling, status);
	/* Somebody typed a part of a command: help is the best message, but a script must not take it for success. */
	if (!text_equal(invocation->globals.format, "json"))
		TRY(show_short_help(invocation));
	const char *blank = *invocation->path ? " " : "";
	return error_hint(error_new(ERR_USAGE, "a command is missing after 'owctl%s%s'", blank, invocation->path),
			  "'owctl %s%s--help' has examples", invocation->path, blank);
}

/* Words that ask for errors as JSON, when the parser stopped before it came to them. */
static bool ask_for_json(int count, char *const *words)
{
	for (int i = 0; i < count; i++) {
		if (!strcmp(words[i], "-ojson") || !strcmp(words[i], "--output=json"))
			return true;
		if (i + 1 < count && !strcmp(words[i + 1], "json") &&
		    (!strcmp(words[i], "-o") || !strcmp(words[i], "--output")))
			return true;
	}
	return false;
}

static int report(struct error *error, const struct command *command, bool json)
{
	if (!error)
		return 0;
	int status = error_status(command, (int)error->code);
	error->code = (enum error_code)status;
	/* `owctl user list | head` has got what it wanted; a command that changes things says that it was cut off. */
	if (error->code != ERR_PIPE || command->changes)
		log_error(error, json);
	error_free(error);
	return status;
}

static void tell_end(const struct error *error, int status)
{
	AUTO(memory) char *text = error ? error_text(error) : text_format("ended with status %d", status);
	notify_end(text);
}

static int run_words(int count, char *const *words)
{
	AUTO(invocation) struct invocation invocation = {0};
	AUTO(telling) struct telling telling = {0};
	struct error *error = parse_command_line(&root_command, count, words, &invocation);
	wipe_secrets(count, words);
	bool json = text_equal(invocation.globals.format, "json") || (error && ask_for_json(count, words));
	set_up_log(&invocation.globals);
	int status = 0;
	if (!error) {
		notify_ready(invocation.path);
		error = run_invocation(&invocation, &telling, &status);
	}
	tell_end(error, status);
	status = error ? report(error, invocation.command, json) : status;
	telling_send_last(&telling); /* when all else is said */
	return status;
}

int cli_run(int argc, char **argv)
{
	guard_standard_streams();
	forbid_core_dumps();
	cancel_install();
	notify_begin();
	run_id_begin();
	int count = argc > 0 ? argc - 1 : 0;
	char *const *words = argv + 1;
	const struct hidden_command *hidden = count ? find_hidden(words[0]) : NULL;
	if (hidden)
		return report(hidden->run(count - 1, words + 1), &root_command, false);
	return run_words(count, words);
}
