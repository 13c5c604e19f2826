#include "cli/quote.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

#define LONGEST 60

char *quote_word(const char *word)
{
	struct str quoted = {0};
	size_t size = strnlen(word, LONGEST + 1);
	bool whole = size <= LONGEST;
	if (!whole) {
		size = LONGEST;
		/* Not in the middle of a character. */
		while (size > LONGEST - 4 && ((unsigned char)word[size] & 0xc0) == 0x80)
			size--;
	}
	str_add_char(&quoted, '\'');
	utf8_add_safe(&quoted, word, size);
	str_add(&quoted, whole ? "'" : "..'");
	return str_take(&quoted);
}
