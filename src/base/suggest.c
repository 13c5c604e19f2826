#include "base/suggest.h"

#include <stdint.h>
#include <string.h>

#define LONGEST_WORD 32
#define MOST_SUGGESTIONS 3

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein: insertions, deletions, changes and swaps of neighbours, each counted once. */
static unsigned distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned cost[LONGEST_WORD + 1][LONGEST_WORD + 1];
	for (unsigned i = 0; i <= a_size; i++)
		cost[i][0] = i;
	for (unsigned j = 0; j <= b_size; j++)
		cost[0][j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		for (size_t j = 1; j <= b_size; j++) {
			unsigned change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			cost[i][j] = least(change, least(cost[i - 1][j], cost[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_size][b_size];
}

/* How far a known word is from the one typed; larger than any limit when it is no likely slip. A beginning of the
 * known word (at least two letters) is the next best thing to the word itself. */
static unsigned score(const char *word, size_t size, const char *known)
{
	size_t known_size = strlen(known);
	if (known_size > LONGEST_WORD)
		return UINT32_MAX;
	if (size >= 2 && size < known_size && !memcmp(word, known, size))
		return 1;
	unsigned far = distance(word, size, known, known_size);
	size_t longer = size > known_size ? size : known_size;
	unsigned limit = longer <= 5 ? 1 : (unsigned)(longer + 2) / 3;
	return far <= limit ? far * 2 : UINT32_MAX;
}

void suggest(const char *word, const char *const *known, size_t count, struct strings *nearest)
{
	const char *best[MOST_SUGGESTIONS];
	unsigned scores[MOST_SUGGESTIONS];
	size_t found = 0;
	size_t size = strnlen(word, LONGEST_WORD + 1);
	if (!size || size > LONGEST_WORD)
		return;
	for (size_t i = 0; i < count; i++) {
		unsigned own = score(word, size, known[i]);
		if (own == UINT32_MAX)
			continue;
		size_t at = found;
		while (at > 0 && scores[at - 1] > own)
			at--;
		if (at == MOST_SUGGESTIONS)
			continue;
		if (found < MOST_SUGGESTIONS)
			found++;
		for (size_t j = found - 1; j > at; j--) {
			best[j] = best[j - 1];
			scores[j] = scores[j - 1];
		}
		best[at] = known[i];
		scores[at] = own;
	}
	for (size_t i = 0; i < found; i++)
		strings_add(nearest, best[i]);
}
