#include "cli/audit.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/run_id.h"
#include "base/utf8.h"
#include "cli/audit_file.h"
#include "settings/profile_file.h"
#include "settings/value.h"

/* Commands that work without settings know what the environment says all the same. */
static fallible audit_path(const struct context *context, const char **path)
{
	*path = context->globals.audit_log;
	if (context->settings)
		return settings_get(context->settings, "OWCTL_AUDIT_LOG", path);
	if (!*path)
		*path = environment_get(environ, "OWCTL_AUDIT_LOG");
	return NULL;
}

static const char own_file_hint[] = "give a file of its own with --audit-log or OWCTL_AUDIT_LOG";

/* Regular files: /dev/null may be both. */
static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

fallible audit_not_read(const struct context *context, const char *file)
{
	const char *path;
	TRY(audit_path(context, &path));
	if (!path || !file || !same_file(path, text_equal(file, "-") ? "/dev/stdin" : file))
		return NULL;
	return error_hint(error_new(ERR_FAILED,
				    "the audit log %s is a file that this command reads; nothing was changed", path),
			  "%s", own_file_hint);
}

fallible audit_prepare(const struct context *context)
{
	const char *path;
	TRY(audit_path(context, &path));
	if (!path)
		return NULL;
	AUTO(memory) char *profiles = profile_file_path(environ);
	TRY(audit_not_read(context, context->globals.env_file));
	TRY(audit_not_read(context, profiles));
	struct error *error = audit_file_check(path, context->globals.dry_run);
	return error_hint(error_wrap(error, "cannot write the audit log %s; nothing was changed", path),
			  "give a file that can be appended to, or /dev/stderr, with --audit-log or OWCTL_AUDIT_LOG");
}

fallible audit_keep_apart(const struct context *context, const char *file)
{
	/* A line in one of SQLite's spoils it as well. */
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	const char *path;
	TRY(audit_path(context, &path));
	for (size_t i = 0; path && file && i < COUNT(ends); i++) {
		AUTO(memory) char *own = text_format("%s%s", file, ends[i]);
		if (same_file(path, own))
			return error_hint(error_new(ERR_FAILED,
						    "the audit log %s is what is to be changed; nothing was", path),
					  "%s", own_file_hint);
	}
	return NULL;
}

json_t *audit_text(const char *text)
{
	if (!text)
		return json_null();
	AUTO(str) struct str safe = {0};
	utf8_add_safe(&safe, text, strlen(text));
	return json_string(str_text(&safe));
}

static void add_text(json_t *record, const char *key, const char *text)
{
	if (text)
		json_object_set_new(record, key, audit_text(text));
}

static json_t *describe(const struct context *context, const char *installation, const json_t *details)
{
	char now[CLOCK_TEXT_SIZE] = "", host[256] = "";
	clock_format(clock_now(), now);
	gethostname(host, sizeof host - 1);
	const struct passwd *account = getpwuid(getuid());
	json_t *record = json_object();
	add_text(record, "time", now);
	add_text(record, "run", run_id());
	add_text(record, "host", host);
	add_text(record, "user", account ? account->pw_name : NULL);
	json_object_set_new(record, "uid", json_integer((json_int_t)getuid()));
	add_text(record, "for", getenv("SUDO_USER"));
	add_text(record, "terminal", ttyname(STDIN_FILENO));
	json_object_set_new(record, "pid", json_integer((json_int_t)getpid()));
	add_text(record, "command", context->path);
	add_text(record, "installation", installation);
	add_text(record, "outcome", context->change == CHANGE_UNKNOWN ? "unknown" : "made");
	json_object_set_new(record, "details", details ? json_deep_copy(details) : json_object());
	return record;
}

/* syslog(3) loses a message without a word when nobody listens, as in most containers. */
static bool journal_listens(void)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	bool listens = false;
	for (size_t i = 0; !listens && i < COUNT(types); i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		listens = !connect(fd, (const struct sockaddr *)&address, sizeof address);
		close(fd);
	}
	return listens;
}

static void send_to_journal(const char *line)
{
	if (!journal_listens()) {
		log_warning("the change is recorded nowhere: there is no system journal here (/dev/log); "
			    "--audit-log FILE or OWCTL_AUDIT_LOG keeps a record");
		return;
	}
	openlog("owctl", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "%s", line);
	closelog();
}

void audit_record(struct context *context, const char *installation, const json_t *details)
{
	json_auto_t *record = describe(context, installation, details);
	AUTO(memory) char *line = json_dumps(record, JSON_COMPACT | JSON_ENSURE_ASCII);
	const char *path = NULL;
	error_ignore(audit_path(context, &path)); /* audit_prepare has said it */
	if (!path) {
		send_to_journal(line);
		return;
	}
	struct error *error = error_wrap(audit_file_append(path, line),
					 "the change %s made, but the audit log %s can't be written",
					 context->change == CHANGE_UNKNOWN ? "may have been" : "was", path);
	if (error)
		error->code = ERR_FAILED; /* whatever the reason: of the change nothing else is to be told */
	context->unrecorded =
		error_hint(error, "do not run the command again; see to the log, and record the change by hand");
}
