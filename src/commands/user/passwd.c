#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/user/user.h"
#include "openwebui/config.h"
#include "openwebui/schema.h"
#include "openwebui/sessions.h"

struct arguments {
	const char *user;
	struct password_source source;
};

static const struct argument arguments_table[] = {
	{.name = "USER", OPTION_TEXT(struct arguments, user), .help = "mail address or id", .required = true},
	{0},
};

static const struct option options[] = {
	PASSWORD_SOURCE_OPTIONS(struct arguments, source),
	GENERATE_OPTION(struct arguments, source),
	{0},
};

static const struct column columns[] = {
	{"id", COLUMN_TEXT, .help = "id of the account"},
	{"email", COLUMN_TEXT, .nullable = true, .help = "mail address"},
	{"outcome", COLUMN_TEXT, .help = "`changed` or `would change`"},
	{"sessions", COLUMN_TEXT, .help = "`ended`; or `kept`, where the release has no way to end them"},
	{"password", COLUMN_TEXT, .nullable = true, .extra = true, .help = "the password made by --generate"},
	{0},
};

/* What the release understands: its own stamp, or the mark in Redis. `*ended` comes in as what the stamp did. */
static fallible end_sessions(struct context *context, struct installation *installation, const char *id,
			     int64_t lifetime_s, bool *ended)
{
	enum sessions_outcome outcome;
	const char *const ids[] = {id};
	struct error *error = sessions_revoke(context->settings, ids, 1, clock_now(), lifetime_s,
					      context->globals.timeout, &outcome);
	if (error && *ended) {
		/* The stamp ended them; what Redis would have added is nothing more. */
		AUTO(memory) char *text = error_text(error);
		log_warning("%s (the sessions are ended by the database all the same)", text);
		error_free(error);
		return NULL;
	}
	if (error)
		return error_hint(error_wrap(error, "the password is changed, but the sessions of the account go on"),
				  "make Redis reachable and run the command again");
	*ended = *ended ||
		 (outcome == SESSIONS_REVOKED && schema_ends_sessions_in_redis(installation->read_as));
	return NULL;
}

static fallible print(struct context *context, const struct user *user, const char *password, bool ended)
{
	const char *const cells[] = {user->id, user->email, context->globals.dry_run ? "would change" : "changed",
				     ended ? "ended" : "kept", password};
	return context_print_texts(context, password ? "password" : NULL, cells, COUNT(cells));
}

static fallible read_back(struct installation *installation, const struct user *user, const char *hash)
{
	AUTO(secret) char *stored = NULL;
	TRY(command_look_again(installation));
	TRY(user_password_hash(installation, user->id, &stored));
	return text_equal(stored, hash) ? NULL : command_not_as_written("the password");
}

static fallible change(struct context *context, struct installation *installation, const struct user *user,
		       const char *hash, int64_t *lifetime_s)
{
	TRY(config_session_lifetime(installation, lifetime_s));
	if (!context->globals.dry_run)
		TRY(user_set_password(installation, user->id, hash));
	return command_commit(context, installation,
			      json_pack("{s:o,s:o}", "id", audit_text(user->id), "email", audit_text(user->email)));
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(password_rules) struct password_rules rules = {0};
	char hash[PASSWORD_HASH_SIZE];
	AUTO(secret) char *password = NULL;
	AUTO(user) struct user user = {0};
	AUTO(installation) struct installation installation = {0};
	AUTO(memory) char *what = text_format("new password for %s", arguments->user);
	TRY(password_rules_load(context->settings, &rules));
	TRY(password_account_first(context, &arguments->source, arguments->user));
	TRY(password_obtain(&arguments->source, &rules, what, true, &password));
	TRY(password_rules_check(&rules, password));
	/* Hashed before the write lock is taken: 0.2 s is long for everybody else. */
	TRY(password_hash(password, rules.algorithm, hash));
	TRY(command_open_for_change(context, &installation));
	TRY(user_find(&installation, arguments->user, &user));
	bool ended = schema_has(installation.read_as, "auth", "session_stamp"), dry_run = context->globals.dry_run;
	struct error *going_on = NULL;
	int64_t lifetime_s;
	TRY(change(context, &installation, &user, hash, &lifetime_s));
	if (!dry_run) {
		going_on = read_back(&installation, &user, hash);
		if (!going_on)
			going_on = end_sessions(context, &installation, user.id, lifetime_s, &ended);
	}
	/* A password that was made and is written is shown, whatever came after. */
	struct error *print_error = print(context, &user, arguments->source.generate && !dry_run ? password : NULL, ended);
	if (going_on) {
		error_ignore(print_error);
		return going_on;
	}
	TRY(print_error);
	if (!ended && !dry_run)
		log_warning("this release keeps sessions until they expire; without Redis it can't be told to end them");
	return NULL;
}

const struct command user_passwd_command = {
	.name = "passwd",
	.summary = "set a new password and end the account's sessions",
	.description = "Sets a new password, hashed as the release does, and ends the account's sessions the way the "
		       "release understands: by its session stamp (0.12 and later), or by a mark in Redis (0.9 and "
		       "later, where REDIS_URL or Sentinel is set). Earlier releases keep sessions until they expire.\n\n"
		       "Works whether the server runs or not. Without one of the options the password is asked for on "
		       "the terminal.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl user passwd admin@example.org", "a lost administrator's password"},
					     {"owctl user passwd bob@example.org --generate", "makes one and prints it"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, ERR_UNREACHABLE, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
