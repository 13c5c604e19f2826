#include "commands/shell/standing.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

#define AGAIN_MS (5 * 60 * 1000)
#define LARGEST ((size_t)1 << 20)
#define LONGEST_RELEASE 20

/* ---- the questions ---- */

static void take_release(struct prompt_standing *standing, const struct str *text, int status)
{
	json_auto_t *object = status ? NULL : json_loadb(str_text(text), text->size, 0, NULL);
	const char *releases = json_string_value(json_object_get(object, "releases"));
	const char *last = releases ? strrchr(releases, ' ') : NULL;
	last = last ? last + 1 : releases;
	free(standing->release);
	standing->release = last && strlen(last) <= LONGEST_RELEASE ? utf8_safe_copy(last) : NULL;
}

static void take_health(struct prompt_standing *standing, const struct str *text, int status)
{
	static const struct standing_health by_status[] = {{"ok", 32}, {"warning", 33}, {"critical", 31}};
	(void)text;
	standing->health = status >= 0 && (size_t)status < COUNT(by_status) ? &by_status[status] : NULL;
}

static const struct {
	const char *words[8];
	void (*take)(struct prompt_standing *standing, const struct str *text, int status);
} questions[STANDING_QUESTIONS] = {
	{{"migrate", "status", "-ojson", "--quiet"}, take_release},
	{{"health", "check", "--read-only", "--deadline=10s", "--nagios", "--quiet"}, take_health},
};

/* ---- asking ---- */

/* In a process group of its own: Ctrl-C is for what is in the foreground. */
static void ask(struct standing_question *question, const char *const *asked, const struct shell *shell)
{
	AUTO(strings) struct strings own = {0};
	AUTO(strings) struct strings words = {0};
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return;
	const struct child_file files[] = {{.ours = -1, .its = STDIN_FILENO},
					   {.ours = ends[1], .its = STDOUT_FILENO},
					   {.ours = -1, .its = STDERR_FILENO}};
	for (; *asked; asked++)
		strings_add(&own, *asked);
	strings_add(&own, "--untold");
	shell_add_command(shell, OURSELVES, &own, &words);
	if (child_start(words.items, environ, files, COUNT(files), &question->pid))
		question->pid = 0;
	close(ends[1]);
	question->fd = ends[0];
	if (!question->pid)
		close(ends[0]);
}

void prompt_standing_ask(struct prompt_standing *standing, const struct shell *shell)
{
	int64_t now = clock_monotonic_ms();
	if (standing->asked_ms && now - standing->asked_ms < AGAIN_MS)
		return;
	standing->asked_ms = now;
	for (size_t i = 0; i < STANDING_QUESTIONS; i++)
		if (!standing->questions[i].pid)
			ask(&standing->questions[i], questions[i].words, shell);
}

/* ---- answers ---- */

size_t prompt_standing_fds(const struct prompt_standing *standing, struct pollfd *fds)
{
	size_t count = 0;
	for (size_t i = 0; i < STANDING_QUESTIONS; i++)
		if (standing->questions[i].pid)
			fds[count++] = (struct pollfd){.fd = standing->questions[i].fd, .events = POLLIN};
	return count;
}

/* The exit status; a signal is none that a command has. */
static int end(struct standing_question *question)
{
	close(question->fd);
	int status = child_wait(question->pid);
	question->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Whether it has come to its end. */
static bool read_some(struct standing_question *question)
{
	char bytes[4096];
	for (;;) {
		ssize_t got = read(question->fd, bytes, sizeof bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 || errno != EAGAIN;
		if (question->text.size < LARGEST)
			str_add_n(&question->text, bytes, (size_t)got);
	}
}

bool prompt_standing_take(struct prompt_standing *standing)
{
	bool changed = false;
	for (size_t i = 0; i < STANDING_QUESTIONS; i++) {
		struct standing_question *question = &standing->questions[i];
		if (!question->pid || !read_some(question))
			continue;
		int status = end(question);
		questions[i].take(standing, &question->text, status);
		str_cleanup(&question->text);
		question->text = (struct str){0};
		changed = true;
	}
	return changed;
}

void prompt_standing_end(struct prompt_standing *standing)
{
	for (size_t i = 0; i < STANDING_QUESTIONS; i++) {
		struct standing_question *question = &standing->questions[i];
		if (question->pid) {
			child_stop(question->pid);
			close(question->fd);
		}
		str_cleanup(&question->text);
	}
	free(standing->release);
	*standing = (struct prompt_standing){0};
}
