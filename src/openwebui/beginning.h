/* Names that begin with something, for who types them. */
#ifndef OPENWEBUI_BEGINNING_H
#define OPENWEBUI_BEGINNING_H

#include "openwebui/installation.h"

/* Mail addresses of accounts, names of groups: those that begin with `prefix` in any letter case, in the order of their
 * bytes. Of more than `most` the first ones and the very last, `most` + 1 in all. Not those of more than 500 letters,
 * which nobody types, and shells take long to quote. Inside the open transaction. */
fallible users_beginning(struct installation *installation, const char *prefix, size_t most,
			 struct strings *addresses) MUST_CHECK;
fallible groups_beginning(struct installation *installation, const char *prefix, size_t most,
			  struct strings *names) MUST_CHECK;

#endif
