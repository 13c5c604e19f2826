/* `owctl shell`: the commands without the program's name, one a line.
 *
 * Each runs as a process of its own, of the same program: so it is what it is outside, Ctrl-C ends it and not the
 * shell, and nothing that it leaves behind is in the way of the next one. */
#ifndef COMMANDS_SHELL_SHELL_H
#define COMMANDS_SHELL_SHELL_H

#include "cli/context.h"
#include "cli/run.h"
#include "commands/shell/line.h"

/* This very program, also where its file was replaced meanwhile. */
#define OURSELVES "/proc/self/exe"

struct shell {
	const struct globals *globals; /* with which it was started; those of each command, unless it has its own */
	char *profile;		       /* of `use`, in the place of what they say of the installation; NULL */
	char *title;		       /* of the installation, for the prompt */
	char *last;		       /* the line that `\watch` alone repeats; NULL: none yet */
	bool on_terminal;	       /* people type, and see what comes */
	bool takes_input;	       /* the lines are in a file: standard input is the commands' own */
	bool over;		       /* `exit` */
	int status;		       /* of the line before */
};

/* ---- session.c: which installation ---- */

/* The global options that each command gets before its own words, but those that the words have themselves; and where
 * these name a profile, nothing else that says which installation. */
void shell_add_globals(const struct shell *shell, const struct strings *own, struct strings *words);
/* The whole command: the program's name, these, and its own words. */
void shell_add_command(const struct shell *shell, const char *name, const struct strings *own, struct strings *words);
/* ERR_SETTINGS where there is no such profile; then the old one stays. */
fallible shell_use(struct shell *shell, const char *profile) MUST_CHECK;
/* The same with the old one, to begin with. */
fallible shell_begin(struct shell *shell) MUST_CHECK;
/* Whether people see what commands print, on a terminal that can do more than print lines. */
bool shell_has_screen(const struct shell *shell);

/* ---- one line ---- */

/* execute.c: runs it, and tells in shell->status what came of it. An error is one of the line itself. */
fallible shell_execute(struct shell *shell, const struct shell_line *line) MUST_CHECK;
/* watch.c: again and again, until Ctrl-C, whatever comes of it. An error is one of the line itself. */
fallible shell_watch(struct shell *shell, const struct shell_line *line) MUST_CHECK;
/* obey.c: a line as it was typed, whatever it is. What goes wrong is told, and in shell->status. */
void shell_obey(struct shell *shell, const char *text);
/* Told where it belongs: shell->status. Frees it; NULL is fine. */
void shell_tell(struct shell *shell, struct error *error);

/* ---- builtin.c: what is no command of owctl ---- */

struct shell_builtin {
	const char *name, *usage, *help;
	fallible (*run)(struct shell *shell, const struct strings *words);
};
extern const struct shell_builtin shell_builtins[]; /* ends with a NULL name */
const struct shell_builtin *shell_builtin_find(const char *name);
void shell_add_help(struct str *out, size_t width); /* what `help` says: the commands, and these */

/* ---- where lines come from ---- */

/* script.c: a file ("-": standard input). The first line that fails ends it, unless `keep_going`. */
fallible shell_run_script(struct shell *shell, const char *path, bool echo, bool keep_going) MUST_CHECK;
/* interactive.c: a person at a terminal. `plain`: the prompt says no more than which installation. */
fallible shell_run_interactive(struct shell *shell, bool plain) MUST_CHECK;

#endif
