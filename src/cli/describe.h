/* Words about commands and options that help and man pages share, as plain text. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "cli/command.h"
#include "settings/settings.h"

/* "[OPTION].. EMAIL [GROUP..]": what follows the command's own words; required options are named. */
void describe_usage(struct str *out, const struct command *command);

/* The sentence of help, then in parentheses what else is to be known: choices, default, required, repeatable. */
void describe_option(struct str *out, const struct option *option);
void describe_argument(struct str *out, const struct argument *argument);

/* What a setting is, its default, and that a file may hold it. */
void describe_setting(struct str *out, const struct setting *setting);

bool has_visible_options(const struct command *command);

/* What an error with this code ends with: the code, or, where that could be taken for one of the command's verdicts,
 * the last of these. */
int error_status(const struct command *command, int code);

/* Calls `each` for the exit statuses of a command, in numeric order, with what they mean. */
void each_exit_status(const struct command *command, void (*each)(const struct exit_status *status, void *data),
		      void *data);

const char *column_type_name(enum column_type type);

#endif
