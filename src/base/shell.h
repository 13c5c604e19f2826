/* Commands that hints print, to be copied into a shell. */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include "base/attributes.h"

/* The text as one word of a POSIX shell: as it is if nothing in it is special, else in single quotes. To be freed. */
char *shell_word(const char *text) MUST_CHECK;

#endif
