#include "base/memory.h"
#include "commands/live/live.h"
#include "openwebui/beginning.h"
#include "openwebui/database.h"

static fallible identify(const struct live_question *question, char **identity)
{
	AUTO(db_target) struct db_target target = {0};
	TRY(database_target(question->settings, &target));
	*identity = text_format("%s\n%s\n%s", target.display, target.path ? target.path : "",
				target.schema ? target.schema : "");
	return NULL;
}

/* How many more there may be is known by one that is one too many. */
typedef fallible names_beginning(struct installation *installation, const char *prefix, size_t most,
				 struct strings *names);

static fallible fetch(const struct live_question *question, names_beginning *beginning, struct live_values *values)
{
	AUTO(installation) struct installation installation = {0};
	TRY(installation_open(question->settings,
			      &(struct installation_options){.access = DB_READ, .timeout_s = question->timeout_s},
			      &installation));
	TRY(beginning(&installation, question->prefix, LIVE_MOST, &values->words));
	values->partial = values->words.count > LIVE_MOST;
	return NULL;
}

static fallible fetch_users(const struct live_question *question, struct live_values *values)
{
	return fetch(question, users_beginning, values);
}

static fallible fetch_groups(const struct live_question *question, struct live_values *values)
{
	return fetch(question, groups_beginning, values);
}

static const struct live_kind users = {"users", identify, fetch_users};
static const struct live_kind groups = {"groups", identify, fetch_groups};

void complete_user(const struct completing *completing, const char *prefix, struct strings *words)
{
	live_complete(&users, completing, prefix, words);
}

void complete_group(const struct completing *completing, const char *prefix, struct strings *words)
{
	live_complete(&groups, completing, prefix, words);
}
