/* What the prompt says of an installation: its release, and whether it is well. Other processes find out while lines
 * are typed: `owctl migrate status`, and `owctl health check --read-only`, which writes nothing. Nobody waits for
 * them. */
#ifndef COMMANDS_SHELL_STANDING_H
#define COMMANDS_SHELL_STANDING_H

#include <poll.h>
#include <sys/types.h>

#include "commands/shell/shell.h"

enum { STANDING_QUESTIONS = 2 };

struct standing_question {
	pid_t pid; /* 0: nobody asks */
	int fd;	   /* of what it prints */
	struct str text;
};

struct standing_health {
	const char *word; /* "ok", "warning", "critical" */
	int colour;	  /* ECMA-48's number of it */
};

struct prompt_standing {
	struct standing_question questions[STANDING_QUESTIONS];
	int64_t asked_ms; /* 0: never */
	char *release;	  /* NULL: not known */
	const struct standing_health *health; /* the same */
};

/* Asks, unless that was done a short while ago or is being done. */
void prompt_standing_ask(struct prompt_standing *standing, const struct shell *shell);
/* For poll: what is to be waited for. `fds` has room for all questions. */
size_t prompt_standing_fds(const struct prompt_standing *standing, struct pollfd *fds);
/* Takes what is there. Whether something else is known now. */
bool prompt_standing_take(struct prompt_standing *standing);
/* Forgets what it knew, and stops who asks: another installation, or the end. */
void prompt_standing_end(struct prompt_standing *standing);

#endif
