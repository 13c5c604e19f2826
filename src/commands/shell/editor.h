/* The line that is typed: readline, with what owctl knows to complete it. */
#ifndef COMMANDS_SHELL_EDITOR_H
#define COMMANDS_SHELL_EDITOR_H

#include "commands/shell/shell.h"

/* Once, before the first line. `shell` has to stay. */
void editor_set_up(const struct shell *shell);

#endif
