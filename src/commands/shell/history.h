/* The lines of a shell, kept for the next one: a file for each profile, $XDG_STATE_HOME/owctl/history/PROFILE
 * (~/.local/state without it), for its owner alone. A line is written when it is entered, so that shells which run at
 * the same time, or are killed, lose none. Not kept are lines that begin with a blank, the same one twice in a row, and
 * those with a secret in them. */
#ifndef COMMANDS_SHELL_HISTORY_H
#define COMMANDS_SHELL_HISTORY_H

#include "commands/shell/shell.h"

/* That of the installation that the shell means now; a file that can't be read or written is told once. */
void history_enter(const struct shell *shell);
void history_keep(const char *line);
void history_add_text(struct str *out); /* all that readline knows, a line each */

#endif
