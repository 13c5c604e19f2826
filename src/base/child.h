/* Other programs: started without a shell in between, each with a process group of its own, so that what it starts goes
 * with it; and what they print, read line by line. */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

/* Which descriptor of ours is which of the child's; -1: /dev/null. Of our others it gets none but the standard ones. */
struct child_file {
	int ours, its;
	const char *terminal; /* instead of `ours`: its path. It becomes the child's own, in a session of its own */
};

/* Starts words[0], found by PATH; NULL-terminated lists, and 0 or an errno. */
int child_start(char *const *words, char *const *environment, const struct child_file *files, size_t count, pid_t *pid)
	MUST_CHECK;

/* The same in our own process group: keys of the terminal that interrupt us are for it as well. `path`: the program, of
 * which words[0] is then only what it is told that it is called; NULL: found as above. */
int child_start_here(const char *path, char *const *words, char *const *environment, const struct child_file *files,
		     size_t count, pid_t *pid) MUST_CHECK;

/* Whether a program of that name could be started, as far as that can be told without doing it: 0 or an errno. */
int child_look_for(const char *program) MUST_CHECK;

/* "failed with exit status 3", "was ended by signal 9"; NULL for success. To be freed. */
char *child_failure(int status) MUST_CHECK;

/* Until it has ended, however long that takes: how, as waitpid tells. */
int child_wait(pid_t pid);

/* At once, and with all that it started. */
void child_stop(pid_t pid);

/* A program that is waited for to its end, however long it takes. Its standard input gives nothing, and is at its end
 * only when we are: a child that watches it does not outlive us. */
struct child_run {
	char *const *words, *const *environment;
	/* Gets each line of its output and standard error, without the newline, as it comes; parts of a long one.
	 * "***" stands in the place of what the program was told in secret. */
	void (*line)(void *state, const char *text);
	void *state;
	const struct strings *secrets; /* NULL: none */
	/* Asked every so many ms while it runs, with `state`; false: it is told to stop, as by a signal. NULL: not. */
	bool (*go_on)(void *state);
	int every_ms;
	bool parting; /* it runs although this process was told to stop before; that is then not told to it */
	bool whole;   /* what it started and left behind ends with it, as far as it is of its process group */
	struct str answer; /* what it wrote to descriptor CHILD_ANSWERS, up to some 64 KiB */
	int status;        /* how it ended, as waitpid tells */
};
#define CHILD_ANSWERS 3
void child_run_cleanup(struct child_run *run);

/* ERR_SETTINGS if it can't be started, ERR_INTERRUPTED when this process was told to stop: then the child was told so
 * as well (SIGINT), and after ten seconds ended, as where go_on
 * says no. In both cases `answer` and `status` are what there is of them. */
fallible child_run(struct child_run *run) MUST_CHECK;

#endif
