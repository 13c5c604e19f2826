/* Words of the command line inside messages: whatever was typed, a message stays one short line. */
#ifndef CLI_QUOTE_H
#define CLI_QUOTE_H

#include "base/attributes.h"

/* The word in single quotes, made safe for a terminal and cut after 60 columns or so; a password in a URL is masked.
 * To be freed. */
char *quote_word(const char *typed) MUST_CHECK;

#endif
