/* ssh as a child: how it is called, and what it asks. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/memory.h"
#include "store/sftp/sftp.h"

#define MOST_ASKED 8
#define MOST_SAID ((size_t)16 * 1024)

/* A value as it is meant: within quotes, and not expanded. */
static void add_file_option(struct strings *words, const char *option, const char *path)
{
	struct str text = {0};
	str_add_format(&text, "-o%s=\"", option);
	for (; *path; path++) {
		if (strchr("\"\\", *path))
			str_add_char(&text, '\\');
		if (*path == '%')
			str_add_char(&text, '%');
		str_add_char(&text, *path);
	}
	str_add_char(&text, '"');
	strings_add_taken(words, str_take(&text));
}

/* What must be so whatever ~/.ssh/config says, which else counts. */
static const char *const fixed[] = {
	"-oStrictHostKeyChecking=yes", "-oUpdateHostKeys=no",   "-oForwardAgent=no",  "-oForwardX11=no",
	"-oClearAllForwardings=yes",   "-oPermitLocalCommand=no", "-oRemoteCommand=none", "-oRequestTTY=no",
	"-oControlMaster=no",          "-oLogLevel=ERROR",       "-oNumberOfPasswordPrompts=1",
	"-oServerAliveInterval=30",
};

static void add_words(const struct sftp *sftp, struct strings *words)
{
	const struct sftp_login *login = &sftp->login;
	strings_add(words, "ssh");
	if (login->config_file) {
		strings_add(words, "-F");
		strings_add(words, login->config_file);
	}
	for (size_t i = 0; i < COUNT(fixed); i++)
		strings_add(words, fixed[i]);
	strings_add_taken(words, text_format("-oConnectTimeout=%lld", (long long)sftp->connect_timeout_s));
	if (!login->password && !login->passphrase)
		strings_add(words, "-oBatchMode=yes");
	if (!login->password) {
		strings_add(words, "-oPasswordAuthentication=no");
		strings_add(words, "-oKbdInteractiveAuthentication=no");
	}
	if (login->known_hosts) {
		add_file_option(words, "UserKnownHostsFile", login->known_hosts);
		strings_add(words, "-oGlobalKnownHostsFile=none");
	}
	if (login->identity_file) {
		add_file_option(words, "IdentityFile", login->identity_file);
		strings_add(words, "-oIdentitiesOnly=yes");
	}
	if (login->user)
		strings_add_taken(words, text_format("-oUser=%s", login->user));
	if (login->port)
		strings_add_taken(words, text_format("-oPort=%u", login->port));
	strings_add(words, "-s");
	strings_add(words, "--");
	strings_add(words, login->host);
	strings_add(words, "sftp");
}

/* A program that asks in a window must not come before the terminal. */
static void add_environment(struct strings *variables)
{
	for (char **at = environ; *at; at++)
		if (!text_starts(*at, "SSH_ASKPASS") && !text_starts(*at, "OWCTL_"))
			strings_add(variables, *at);
}

static fallible open_terminal(struct sftp_child *child, char path[static 64])
{
	child->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (child->terminal < 0 || grantpt(child->terminal) || unlockpt(child->terminal) ||
	    ptsname_r(child->terminal, path, 64))
		return error_system(errno, "cannot make a terminal for ssh");
	child->its_end = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (child->its_end < 0 || fcntl(child->terminal, F_SETFL, O_NONBLOCK))
		return error_system(errno, "cannot open the terminal for ssh");
	return NULL;
}

static fallible start(const struct sftp *sftp, struct sftp_child *child, const int line[2], const int errors[2])
{
	AUTO(strings) struct strings words = {0}, variables = {0};
	char path[64];
	struct child_file files[] = {{.ours = line[1], .its = STDIN_FILENO},
				     {.ours = line[1], .its = STDOUT_FILENO},
				     {.ours = errors[1], .its = STDERR_FILENO},
				     {.terminal = path, .its = STDERR_FILENO + 1}};
	bool may_ask = sftp->login.password || sftp->login.passphrase;
	if (may_ask)
		TRY(open_terminal(child, path));
	add_words(sftp, &words);
	add_environment(&variables);
	int failed = child_start(words.items, variables.items, files, may_ask ? COUNT(files) : COUNT(files) - 1,
				 &child->pid);
	if (!failed)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "cannot run ssh: %s", strerrordesc_np(failed)),
			  "sftp:// needs OpenSSH's ssh: install openssh-client");
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

fallible sftp_child_start(const struct sftp *sftp, struct sftp_child *child)
{
	int line[2] = {-1, -1}, errors[2] = {-1, -1};
	*child = (struct sftp_child){.line = -1, .errors = -1, .terminal = -1, .its_end = -1};
	int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) || pipe2(errors, O_CLOEXEC) ? errno : 0;
	struct error *error = failed ? error_system(failed, "cannot make a line to ssh")
				     : start(sftp, child, line, errors);
	close_end(&line[1]);
	close_end(&errors[1]);
	child->line = line[0];
	child->errors = errors[0];
	if (!error && (fcntl(line[0], F_SETFL, O_NONBLOCK) || fcntl(errors[0], F_SETFL, O_NONBLOCK)))
		error = error_system(errno, "cannot set up the line to ssh");
	if (error)
		sftp_child_end(child);
	return error;
}

void sftp_child_end(struct sftp_child *child)
{
	close_end(&child->line);
	close_end(&child->errors);
	close_end(&child->terminal);
	close_end(&child->its_end);
	if (child->pid)
		child_stop(child->pid);
	child->pid = 0;
	str_cleanup(&child->prompt);
	str_cleanup(&child->said);
}

/* ---- what it says ---- */

/* Once; false where there is nothing now. */
static bool read_into(int *fd, struct str *text)
{
	char bytes[4096];
	ssize_t got = read(*fd, bytes, sizeof bytes);
	if (got > 0 && text->size < MOST_SAID)
		str_add_n(text, bytes, (size_t)got);
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR))
		close_end(fd);
	return got > 0;
}

void sftp_child_listen(struct sftp_child *child)
{
	while (child->errors >= 0 && read_into(&child->errors, &child->said))
		;
}

static bool tell(struct sftp_child *child, const char *secret)
{
	size_t size = strlen(secret);
	return write(child->terminal, secret, size) == (ssize_t)size && write(child->terminal, "\n", 1) == 1;
}

/* ssh asks for the passphrase of each key once, and for a password once; where there is none it is as if no key was
 * pressed but Enter. */
void sftp_child_answer(const struct sftp_login *login, struct sftp_child *child)
{
	while (child->terminal >= 0 && read_into(&child->terminal, &child->prompt))
		;
	if (!text_ends(str_text(&child->prompt), ": ") || child->asked == MOST_ASKED || child->terminal < 0)
		return;
	const char *secret = strstr(child->prompt.data, "passphrase") ? login->passphrase : login->password;
	child->asked++;
	str_clear(&child->prompt);
	if (!tell(child, secret ? secret : ""))
		close_end(&child->terminal);
}
