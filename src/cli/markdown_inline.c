/* Marks within a paragraph. What is no mark after all, as in 2 * 3, stands as it is. */
#include <ctype.h>
#include <string.h>

#include "cli/man_text.h"
#include "cli/markdown.h"

struct text {
	const char *at, *end;
};

static const char *find(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

/* What stands between two marks that begin here, on both sides next to a word; NULL: there is no such thing. */
static const char *closing(const struct text *text, const char *mark)
{
	const char *inner = text->at + strlen(mark);
	if ((size_t)(text->end - text->at) <= strlen(mark) || memcmp(text->at, mark, strlen(mark)) != 0 ||
	    isspace((unsigned char)*inner))
		return NULL;
	const char *close = find(inner, text->end, mark);
	return close && close != inner && !isspace((unsigned char)close[-1]) ? close : NULL;
}

static bool code(struct str *out, struct text *text)
{
	const char *close = *text->at == '`' ? find(text->at + 1, text->end, "`") : NULL;
	if (!close)
		return false;
	man_escape_n(out, text->at, (size_t)(close + 1 - text->at));
	text->at = close + 1;
	return true;
}

static bool emphasis(struct str *out, struct text *text, const char *mark, const char *font)
{
	const char *close = closing(text, mark);
	if (!close)
		return false;
	const char *inner = text->at + strlen(mark);
	str_add(out, font);
	man_escape_n(out, inner, (size_t)(close - inner));
	str_add(out, "\\fP");
	text->at = close + strlen(mark);
	return true;
}

/* Of another document only the name is told: where it lies depends on who installed it. */
static bool hyperlink(struct str *out, struct text *text)
{
	const char *middle = *text->at == '[' ? find(text->at, text->end, "](") : NULL;
	const char *close = middle ? find(middle, text->end, ")") : NULL;
	if (!close)
		return false;
	man_escape_n(out, text->at + 1, (size_t)(middle - text->at - 1));
	const char *address = middle + strlen("](");
	if (find(address, close, "://")) {
		str_add(out, " (");
		man_escape_n(out, address, (size_t)(close - address));
		str_add_char(out, ')');
	}
	text->at = close + 1;
	return true;
}

void markdown_inline(struct str *out, const char *text, size_t size)
{
	struct text rest = {text, text + size};
	while (rest.at < rest.end) {
		if (code(out, &rest) || emphasis(out, &rest, "**", "\\fB") || emphasis(out, &rest, "*", "\\fI") ||
		    hyperlink(out, &rest))
			continue;
		size_t plain = 1;
		while (rest.at + plain < rest.end && !strchr("`*[", rest.at[plain]))
			plain++;
		man_escape_n(out, rest.at, plain);
		rest.at += plain;
	}
}
