/* What TERM says of the terminal. */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include <stdbool.h>

/* Whether it can do more than print lines: the variable is neither unset, empty nor "dumb". */
bool term_is_able(void);

#endif
