#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/hide.h"
#include "base/memory.h"
#include "base/notify.h"

#define LONGEST_LINE 4096
#define READ_SIZE 4096
#define ANSWER_LIMIT ((size_t)64 * 1024)
#define PATIENCE_MS 10000 /* with a child that was told to stop */

/* Linux makes the first terminal that is opened that of who begins a session. */
static void add_file(posix_spawn_file_actions_t *actions, const struct child_file *file)
{
	const char *path = file->terminal ? file->terminal : "/dev/null";
	if (file->terminal || file->ours < 0)
		posix_spawn_file_actions_addopen(actions, file->its, path, O_RDWR, 0);
	else
		posix_spawn_file_actions_adddup2(actions, file->ours, file->its);
}

static int start_in(short group, const char *path, char *const *words, char *const *environment,
		    const struct child_file *files, size_t count, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE); /* owctl ignores it; programs in a pipe count on it */
	sigaddset(&defaults, SIGXFSZ);
	sigaddset(&defaults, SIGINT);  /* by which it is told to stop; ignored in the background of a script */
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (size_t i = 0; i < count; i++) {
		add_file(&actions, &files[i]);
		if (files[i].terminal)
			group = POSIX_SPAWN_SETSID;
	}
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, (short)(group | POSIX_SPAWN_SETSIGDEF));
	int failed = posix_spawnp(pid, path ? path : words[0], &actions, &attributes, words, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

int child_start(char *const *words, char *const *environment, const struct child_file *files, size_t count, pid_t *pid)
{
	return start_in(POSIX_SPAWN_SETPGROUP, NULL, words, environment, files, count, pid);
}

int child_start_here(const char *path, char *const *words, char *const *environment, const struct child_file *files,
		     size_t count, pid_t *pid)
{
	return start_in(0, path, words, environment, files, count, pid);
}

static int look_at_program(const char *path)
{
	struct stat file;
	if (stat(path, &file))
		return errno;
	return S_ISREG(file.st_mode) && !access(path, X_OK) ? 0 : EACCES;
}

int child_look_for(const char *program)
{
	const char *path = strchr(program, '/') ? NULL : getenv("PATH");
	AUTO(strings) struct strings folders = {0};
	if (!path)
		return look_at_program(program);
	strings_split(&folders, path, ':');
	for (size_t i = 0; i < folders.count; i++) {
		AUTO(memory) char *file = text_format("%s/%s", folders.items[i], program);
		if (!look_at_program(file))
			return 0;
	}
	return ENOENT;
}

char *child_failure(int status)
{
	if (WIFSIGNALED(status))
		return text_format("was ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) ? text_format("failed with exit status %d", WEXITSTATUS(status)) : NULL;
}

int child_wait(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return W_EXITCODE(EXIT_FAILURE, 0);
	return status;
}

void child_stop(pid_t pid)
{
	kill(-pid, SIGKILL);
	child_wait(pid);
}

/* ---- to its end ---- */

/* The ends of a child that runs: closed where they are >= 0. */
struct running {
	pid_t pid;
	int life;    /* its standard input, to which nothing is written */
	int output;  /* what it prints */
	int answers; /* what it writes to CHILD_ANSWERS */
	int process; /* readable once it has ended */
	struct str line;
	int64_t deadline; /* ms; 0: nobody told it to stop */
	int64_t asked;    /* ms: when go_on was, or its start */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void running_cleanup(struct running *running)
{
	close_end(&running->life);
	close_end(&running->output);
	close_end(&running->answers);
	close_end(&running->process);
	str_cleanup(&running->line);
}

void child_run_cleanup(struct child_run *run)
{
	str_cleanup(&run->answer);
}

static fallible start(const struct child_run *run, struct running *running)
{
	int life[2] = {-1, -1}, output[2] = {-1, -1}, answers[2] = {-1, -1};
	int failed = pipe2(life, O_CLOEXEC) || pipe2(output, O_CLOEXEC) || pipe2(answers, O_CLOEXEC) ? errno : 0;
	const struct child_file files[] = {{.ours = life[0], .its = STDIN_FILENO},
					   {.ours = output[1], .its = STDOUT_FILENO},
					   {.ours = output[1], .its = STDERR_FILENO},
					   {.ours = answers[1], .its = CHILD_ANSWERS}};
	if (!failed)
		failed = child_start(run->words, run->environment, files, COUNT(files), &running->pid);
	close_end(&life[0]);
	close_end(&output[1]);
	close_end(&answers[1]);
	running->life = life[1];
	running->output = output[0];
	running->answers = answers[0];
	return failed ? error_new(ERR_SETTINGS, "cannot run %s: %s", run->words[0], strerrordesc_np(failed)) : NULL;
}

static const struct strings *secrets_of(const struct child_run *run)
{
	static const struct strings none = {0};
	return run->secrets ? run->secrets : &none;
}

static void hand_over(const struct child_run *run, const char *text)
{
	AUTO(memory) char *safe = text_without(text, secrets_of(run));
	notify_alive();
	if (*safe)
		run->line(run->state, safe);
}

static void end_line(const struct child_run *run, struct str *line)
{
	hand_over(run, str_text(line));
	str_clear(line);
}

/* Of a long line; the rest stays. */
static void end_part(const struct child_run *run, struct str *line)
{
	size_t size = text_cut(line->data, LONGEST_LINE, secrets_of(run));
	AUTO(memory) char *part = text_copy_n(line->data, size);
	AUTO(memory) char *rest = text_copy_n(line->data + size, line->size - size);
	hand_over(run, part);
	str_clear(line);
	str_add(line, rest);
}

static void add_output(const struct child_run *run, struct str *line, const char *bytes, size_t size)
{
	size_t most = LONGEST_LINE + secrets_longest(secrets_of(run));
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			end_line(run, line);
		else if (bytes[i])
			str_add_char(line, bytes[i]);
		if (line->size > most)
			end_part(run, line);
	}
}

static void add_answer(struct child_run *run, const char *bytes, size_t size)
{
	if (run->answer.size < ANSWER_LIMIT)
		str_add_n(&run->answer, bytes, size);
}

/* Reads once; at the end, or where it can't be read, *fd is closed. */
static void take(struct child_run *run, struct running *running, int *fd)
{
	char bytes[READ_SIZE];
	ssize_t got = read(*fd, bytes, sizeof bytes);
	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0)
		close_end(fd);
	else if (fd == &running->output)
		add_output(run, &running->line, bytes, (size_t)got);
	else
		add_answer(run, bytes, (size_t)got);
}

static void tell_to_stop(struct running *running)
{
	running->deadline = clock_monotonic_ms() + PATIENCE_MS;
	kill(-running->pid, SIGINT);
}

/* How long to wait at most, in ms; -1: as long as it takes. */
static int patience(const struct child_run *run, struct running *running)
{
	int64_t now = clock_monotonic_ms();
	if (running->deadline && running->deadline > now)
		return (int)(running->deadline - now);
	if (running->deadline) {
		kill(-running->pid, SIGKILL);
		return -1;
	}
	if (!run->go_on)
		return -1;
	if (now - running->asked >= run->every_ms) {
		if (!run->go_on(run->state))
			tell_to_stop(running);
		running->asked = clock_monotonic_ms();
	}
	return run->every_ms;
}

/* What it left in a pipe, and no more. */
static void take_rest(struct child_run *run, struct running *running, int *fd)
{
	int left = 0;
	if (*fd >= 0 && ioctl(*fd, FIONREAD, &left) < 0)
		left = 0;
	for (int taken = 0; *fd >= 0 && taken < left; taken += READ_SIZE)
		take(run, running, fd);
}

/* Reads once, or waits until it can; true once the child has ended: what it started and left behind may keep its output
 * open, and even write to it without end; that is not waited for. */
static bool wait_for_more(struct child_run *run, struct running *running)
{
	int left = patience(run, running);
	struct pollfd fds[] = {{.fd = running->output, .events = POLLIN},
			       {.fd = running->answers, .events = POLLIN},
			       {.fd = running->process, .events = POLLIN},
			       {.fd = running->deadline || run->parting ? -1 : cancel_fd(), .events = POLLIN}};
	int ready = poll(fds, COUNT(fds), left);
	if (ready <= 0)
		return false;
	if (fds[2].revents) {
		take_rest(run, running, &running->output);
		take_rest(run, running, &running->answers);
		return true;
	}
	if (fds[0].revents)
		take(run, running, &running->output);
	if (fds[1].revents)
		take(run, running, &running->answers);
	if (fds[3].revents || (cancel_requested() && !running->deadline && !run->parting))
		tell_to_stop(running);
	return false;
}

fallible child_run(struct child_run *run)
{
	AUTO(running) struct running running = {.life = -1, .output = -1, .answers = -1, .process = -1};
	if (!run->parting)
		TRY(cancel_check());
	TRY(start(run, &running));
	running.asked = clock_monotonic_ms();
	running.process = pidfd_open(running.pid, 0);
	if (running.process < 0) {
		int failed = errno;
		child_stop(running.pid);
		return error_system(failed, "cannot watch %s", run->words[0]);
	}
	while (!wait_for_more(run, &running))
		;
	end_line(run, &running.line);
	if (run->whole) /* it is not waited for yet, so that nobody else has its number */
		kill(-running.pid, SIGKILL);
	run->status = child_wait(running.pid);
	return running.deadline && !run->parting ? cancel_check() : NULL;
}
