#include "commands/health/health.h"

#include <string.h>

#include "base/memory.h"
#include "commands/commands.h"
#include "health/account.h"
#include "health/checks.h"

static const struct command *const subcommands[] = {
	&health_check_command, &health_ready_command,	&health_watch_command,
	&health_list_command,  &health_explain_command, NULL,
};

const struct command health_command = {
	.name = "health",
	.summary = "what is wrong with an installation, replica by replica",
	.description =
		"Looks at every replica, at all of them together, and at what they stand on: database, Redis, files, "
		"backups, load balancer. Each check has a code (OW202), a page (`owctl health explain OW202`) and a "
		"remedy.\n\n"
		"All of it reads only, but for a probe that is written to the place of uploads and removed again. "
		"Nothing is asked of a replica that needs an account, unless `check --deep` is told to.",
	.subcommands = subcommands,
};

fallible health_check_deep(struct context *context, const struct health_options *options, bool waits)
{
	AUTO(health_account) struct health_account account = {0};
	if (options->model && !options->deep)
		return error_hint(error_new(ERR_USAGE, "--model is asked with --deep alone"), "add --deep");
	if (!options->deep)
		return NULL;
	if (waits)
		return error_hint(error_new(ERR_USAGE, "--deep signs in, which is not done again and again"),
				  "wait with --wait first, and look with --deep then");
	return health_account_read(context->settings, &account);
}

struct strings health_split(const struct strings *words)
{
	struct strings all = {0};
	for (size_t i = 0; i < words->count; i++)
		strings_split(&all, words->items[i], ',');
	return all;
}

bool health_wants_rows(const struct context *context)
{
	return (context->globals.format && !text_equal(context->globals.format, "table")) ||
	       context->globals.columns.count || context->globals.no_headings;
}

void health_complete_checks(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	for (size_t i = 0; i < checks_count(); i++) {
		const struct check *check = check_at(i);
		if (text_starts(check->code, prefix))
			strings_add_taken(words, text_format("%s\t%s", check->code, check->title));
		if (*prefix && text_starts(check->name, prefix))
			strings_add_taken(words, text_format("%s\t%s", check->name, check->title));
	}
	for (int family = FAMILY_REPLICAS; family < FAMILIES; family++)
		if (text_starts(family_words[family].name, prefix))
			strings_add_taken(words, text_format("%s\t%s", family_words[family].name,
							     family_words[family].title));
}
