#include "cli/quote.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "settings/mask.h"

#define LONGEST 60

/* A URL in the wrong place holds a password as well as one in the right place. */
static char *without_password(const char *word)
{
	const char *mark = strstr(word, "://");
	if (!mark)
		return text_copy(word);
	const char *url = mark;
	while (url > word && (isalnum((unsigned char)url[-1]) || strchr("+-._", url[-1])))
		url--;
	AUTO(memory) char *masked = url_mask(url);
	return text_format("%.*s%s", (int)(url - word), word, masked);
}

char *quote_word(const char *typed)
{
	struct str quoted = {0};
	AUTO(memory) char *word = without_password(typed);
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
