#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "cli/audit.h"
#include "commands/user/user.h"
#include "openwebui/config.h"
#include "openwebui/schema.h"
#include "openwebui/sessions.h"

struct arguments {
	const char *user;
	struct password_source source;
};

static const struct argument arguments_table[] = {
	USER_ARGUMENT(struct arguments, user),
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
	{"outcome", COLUMN_TEXT,
	 .help = "`changed`, `would change`, or `unknown` where the connection was lost while committing"},
	{"sessions", COLUMN_TEXT,
	 .help = "`ended`; or `kept`, where the release has no way to end them; in a dry run `would end` or `would "
		 "keep`; or `unknown`"},
	{"password", COLUMN_TEXT, .nullable = true, .extra = true, .help = "the password made by --generate"},
	{0},
};

struct passwd {
	struct installation *installation;
	const struct user *user;
	const char *hash;
	const char *made;   /* the password to show, or NULL */
	int64_t lifetime_s; /* of sign-ins */
	bool ended, could_end; /* the sessions */
};

/* What the release understands: its own stamp, which is written by now, or the mark in Redis. */
static fallible end_sessions(struct context *context, void *state)
{
	struct passwd *passwd = state;
	enum sessions_outcome found;
	const char *const ids[] = {passwd->user->id};
	struct error *error = sessions_revoke(context->settings, ids, 1, clock_now(), passwd->lifetime_s,
					      context->globals.timeout, &found);
	if (error && passwd->ended) {
		/* The stamp ended them; what Redis would have added is nothing more. */
		log_warning_error(error_wrap(error, "the sessions are ended by the database, but not marked in Redis"));
		return NULL;
	}
	if (error)
		return error_hint(error_wrap(error_without_hints(error),
					     "the password is changed, but the sessions of the account go on"),
				  "once Redis can be reached, another new password ends them");
	passwd->ended |= found == SESSIONS_REVOKED && schema_ends_sessions_in_redis(passwd->installation->read_as);
	return NULL;
}

static const char *sessions_of(const struct context *context, const struct passwd *passwd)
{
	if (context->globals.dry_run)
		return passwd->could_end ? "would end" : "would keep";
	if (context->change == CHANGE_UNKNOWN)
		return "unknown";
	return passwd->ended ? "ended" : "kept";
}

static fallible print(struct context *context, const void *state)
{
	const struct passwd *passwd = state;
	const char *made = context->change == CHANGE_NONE ? NULL : passwd->made;
	const char *const cells[] = {passwd->user->id, passwd->user->email,
				     command_outcome(context, "changed", "would change"),
				     sessions_of(context, passwd), made};
	return context_print_texts(context, made ? "password" : NULL, cells, COUNT(cells));
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct passwd *passwd = state;
	AUTO(secret) char *stored = NULL;
	TRY(user_password_hash(installation, passwd->user->id, &stored));
	if (!text_equal(stored, passwd->hash))
		*fault = text_copy("the password does not read back as it was written");
	return NULL;
}

static fallible change(struct context *context, struct passwd *passwd)
{
	bool dry_run = context->globals.dry_run, redis = false;
	struct installation *installation = passwd->installation;
	TRY(config_session_lifetime(installation, &passwd->lifetime_s));
	if (dry_run)
		TRY(sessions_have_redis(context->settings, &redis));
	else
		TRY(user_set_password(installation, passwd->user->id, passwd->hash));
	passwd->ended = schema_has(installation->read_as, "auth", "session_stamp");
	passwd->could_end =
		passwd->ended || (redis && schema_ends_sessions_in_redis(installation->read_as));
	AUTO(memory) char *look = text_format("owctl user show %s", passwd->user->id);
	return command_finish(
		context, installation,
		&(struct change){.details = json_pack("{s:o,s:o}", "id", audit_text(passwd->user->id), "email",
						      audit_text(passwd->user->email)),
				 .check = check,
				 .after = end_sessions,
				 .print = print,
				 .state = passwd,
				 .secret = passwd->made ? "the generated password" : NULL,
				 .look = look});
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
	TRY(audit_not_read(context, arguments->source.from_stdin ? "-" : arguments->source.file));
	TRY(password_will_show(context, arguments->source.generate));
	TRY(password_rules_load(context->settings, &rules));
	TRY(password_account_first(context, &arguments->source, arguments->user));
	TRY(password_obtain(&arguments->source, &rules, what, true, &password));
	TRY(password_rules_check(&rules, password));
	/* Hashed before the write lock is taken: 0.2 s is long for everybody else. */
	TRY(password_hash(password, rules.algorithm, hash));
	TRY(command_open_for_change(context, &installation));
	TRY(user_find(&installation, arguments->user, &user));
	struct passwd passwd = {.installation = &installation,
				.user = &user,
				.hash = hash,
				.made = arguments->source.generate ? password : NULL};
	TRY(change(context, &passwd));
	if (!passwd.ended && !context->globals.dry_run)
		log_warning("this release keeps sessions until they expire; without Redis it can't be told to end "
			    "them");
	return NULL;
}

const struct command user_passwd_command = {
	.name = "passwd",
	.summary = "set a new password and end the account's sessions",
	.description = "Sets a new password, hashed as the release does, and ends the account's sessions the way the "
		       "release understands: by its session stamp (0.12 and later), or by a mark in Redis (0.9 and "
		       "later, where REDIS_URL or Sentinel is set). Earlier releases keep sessions until they "
		       "expire.\n\n"
		       "Works whether the server runs or not. Without one of the options the password is asked for on "
		       "the terminal.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){{"owctl user passwd admin@example.org", "a lost administrator's password"},
					 {"owctl user passwd bob@example.org --generate", "makes one and prints it"},
					 {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
