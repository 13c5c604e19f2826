/* Text from outside that may repeat what it was told: a server's error message with the password in it. */
#ifndef BASE_HIDE_H
#define BASE_HIDE_H

#include "base/str.h"

/* The text with "***" in the place of every secret; of one that is shorter than four bytes only where it is a word of
 * its own: any text holds an "a". Empty secrets count for nothing. To be freed. */
char *text_without(const char *text, const struct strings *secrets) MUST_CHECK;

/* Where to cut a text that is longer than `size`: there, or before the secret that would be cut in two, which `text`
 * has whole; behind it where it is all that there is. */
size_t text_cut(const char *text, size_t size, const struct strings *secrets) MUST_CHECK;
/* So many bytes beyond it `text` is to have. */
size_t secrets_longest(const struct strings *secrets) MUST_CHECK;

/* AUTO(secrets) for a list of them: wiped, then freed. */
void secrets_cleanup(struct strings *secrets);

#endif
