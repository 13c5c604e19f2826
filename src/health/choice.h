/* Which checks are to be run: --only and --skip, words that are a code (OW202), a name (same-secret-key) or a family
 * (fleet). */
#ifndef HEALTH_CHOICE_H
#define HEALTH_CHOICE_H

#include "base/str.h"
#include "health/check.h"

/* ERR_USAGE for a word that is nothing of the kind, with what it was probably meant to be. */
fallible choice_check(const struct strings *words) MUST_CHECK;
/* Sets `wanted` for each check, by its index. */
void choice_mark(const struct strings *only, const struct strings *skip, bool *wanted);
bool choice_means(const char *word, const struct check *check);

#endif
