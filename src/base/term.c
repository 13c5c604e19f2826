#include "base/term.h"

#include <stdlib.h>
#include <string.h>

bool term_is_able(void)
{
	const char *term = getenv("TERM");
	return term && *term && strcmp(term, "dumb") != 0;
}
