/* From a word to a typed value in a command's struct. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/command.h"

/* Stores `word` as the option's value in `values`; `label` names the option in messages ("--role", "-r", "EMAIL").
 * Texts are copied into `texts`, which has to live as long as `values`. ERR_USAGE when the word will not do. */
fallible value_store(const struct option *option, const char *label, const char *word, void *values,
		     struct strings *texts) MUST_CHECK;

void value_store_flag(const struct option *option, bool on, void *values);

/* The same for a positional argument, seen as an option. */
struct option argument_as_option(const struct argument *argument);

/* Releases the lists in `values` that an option table describes. */
void values_release(const struct option *options, void *values);

#endif
