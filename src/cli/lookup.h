/* Finding commands and options by the words that name them: shared by the parser, completion, help and pages. */
#ifndef CLI_LOOKUP_H
#define CLI_LOOKUP_H

#include "cli/command.h"

const struct command *find_subcommand(const struct command *command, const char *word);

/* A command takes the options of two tables: 0 its own, 1 the global ones. Never NULL; ends with a NULL name. */
#define OPTION_TABLES 2
const struct option *option_table(const struct command *command, int which);

/* The option that `size` bytes at `name` (without dashes) or a letter name, or NULL. For "no-NAME" of a negatable
 * flag, `*negated` becomes true. */
const struct option *find_option(const struct command *command, const char *name, size_t size, bool *negated);
const struct option *find_letter(const struct command *command, char letter);
bool option_is_global(const struct option *option);

bool option_takes_value(const struct option *option);
bool option_repeats(const struct option *option);
bool option_takes_path(const struct option *option);
/* Whether commas separate what stands in one word: choices, and texts whose value name says so ("NAME,.."). */
bool option_takes_list(const struct option *option);

/* Whether help and pages of the command show this global option. */
bool option_concerns(const struct option *option, const struct command *command);

size_t count_arguments(const struct command *command);
/* The argument at a position, NULL beyond; a last one of VALUE_TEXTS repeats. */
const struct argument *argument_at(const struct command *command, size_t position);

#endif
