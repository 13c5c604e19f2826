#include "cli/audit.h"

#include <errno.h>
#include <fcntl.h>
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
#include "base/utf8.h"

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

static fallible audit_path(const struct context *context, const char **path)
{
	*path = context->globals.audit_log;
	return context->settings ? settings_get(context->settings, "OWCTL_AUDIT_LOG", path) : NULL;
}

fallible audit_prepare(const struct context *context)
{
	const char *path;
	TRY(audit_path(context, &path));
	if (!path)
		return NULL;
	int fd = open_log(path);
	if (fd < 0)
		return error_hint(error_system(errno, "cannot write the audit log %s; nothing was changed", path),
				  "give a file that can be appended to with --audit-log or OWCTL_AUDIT_LOG");
	close(fd);
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

static json_t *describe(const struct context *context, const char *installation, json_t *details)
{
	char now[CLOCK_TEXT_SIZE] = "", host[256] = "";
	clock_format(clock_now(), now);
	gethostname(host, sizeof host - 1);
	const struct passwd *account = getpwuid(getuid());
	json_t *record = json_object();
	add_text(record, "time", now);
	add_text(record, "host", host);
	add_text(record, "user", account ? account->pw_name : NULL);
	json_object_set_new(record, "uid", json_integer((json_int_t)getuid()));
	add_text(record, "for", getenv("SUDO_USER"));
	add_text(record, "terminal", ttyname(STDIN_FILENO));
	json_object_set_new(record, "pid", json_integer((json_int_t)getpid()));
	add_text(record, "command", context->path);
	add_text(record, "installation", installation);
	add_text(record, "outcome", context->change == CHANGE_UNKNOWN ? "unknown" : "made");
	json_object_set_new(record, "details", details ? details : json_object());
	return record;
}

/* One write: lines of several owctls at once do not mix. Half a line, on a full disk, is taken back as long as nobody
 * wrote behind it: it would spoil the next one too. */
static bool write_line(int fd, const char *line, size_t size)
{
	ssize_t written = write(fd, line, size);
	if (written == (ssize_t)size)
		return true;
	if (written < 0)
		return false;
	off_t end = lseek(fd, 0, SEEK_CUR);
	struct stat status;
	if (end >= written && !fstat(fd, &status) && status.st_size == end && ftruncate(fd, end - written))
		return false;
	errno = ENOSPC;
	return false;
}

static bool append(const char *path, const char *line)
{
	int fd = open_log(path);
	if (fd < 0)
		return false;
	AUTO(memory) char *whole = text_format("%s\n", line);
	bool good = write_line(fd, whole, strlen(whole));
	int why = errno;
	if (close(fd))
		return false;
	errno = why;
	return good;
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

void audit_record(struct context *context, const char *installation, json_t *details)
{
	json_t *record = describe(context, installation, details);
	AUTO(memory) char *line = json_dumps(record, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(record);
	const char *path = NULL;
	error_ignore(audit_path(context, &path)); /* audit_prepare has said it */
	if (!path)
		send_to_journal(line);
	else if (!append(path, line))
		context->unrecorded = error_hint(
			error_new(ERR_FAILED, "the change %s, but the audit log %s can't be written: %s",
				  context->change == CHANGE_UNKNOWN ? "may have been made" : "was made", path,
				  strerrordesc_np(errno)),
			"do not run the command again; see to the log, and record the change by hand");
}
