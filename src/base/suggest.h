/* What was meant by a word that is not known. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

#include "base/str.h"

/* Up to three known words nearest to `word` (restricted edit distance), best first. */
void suggest(const char *word, const char *const *known, size_t count, struct strings *nearest);

#endif
