/* Text that is said to be JSON already, and comes from a database: checked before it becomes part of a document. */
#include <string.h>

#include "base/utf8.h"
#include "cli/output_format.h"

#define DEEPEST 256

struct scan {
	const char *at, *end;
	int depth;
};

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && memchr(" \t\n\r", *scan->at, 4))
		scan->at++;
}

static bool skip_word(struct scan *scan, const char *word)
{
	size_t size = strlen(word);
	if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, word, size) != 0)
		return false;
	scan->at += size;
	return true;
}

static bool skip_hex(struct scan *scan)
{
	for (int i = 0; i < 4; i++, scan->at++)
		if (scan->at == scan->end || !memchr("0123456789abcdefABCDEF", *scan->at, 22))
			return false;
	return true;
}

static bool skip_string(struct scan *scan)
{
	scan->at++;
	while (scan->at < scan->end) {
		unsigned char c = (unsigned char)*scan->at++;
		if (c == '"')
			return true;
		if (c < 0x20)
			return false;
		if (c != '\\')
			continue;
		if (scan->at == scan->end || !memchr("\"\\/bfnrtu", *scan->at, 9))
			return false;
		if (*scan->at++ == 'u' && !skip_hex(scan))
			return false;
	}
	return false;
}

static bool skip_digits(struct scan *scan)
{
	const char *start = scan->at;
	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return scan->at > start;
}

static bool skip_number(struct scan *scan)
{
	skip_word(scan, "-");
	if (!skip_word(scan, "0") && !skip_digits(scan))
		return false;
	if (skip_word(scan, ".") && !skip_digits(scan))
		return false;
	if (skip_word(scan, "e") || skip_word(scan, "E")) {
		if (!skip_word(scan, "+"))
			skip_word(scan, "-");
		return skip_digits(scan);
	}
	return true;
}

static bool skip_value(struct scan *scan);

/* An array or an object: the latter has a key before each value. */
static bool skip_members(struct scan *scan, bool keys, const char *close)
{
	scan->at++;
	skip_blanks(scan);
	if (skip_word(scan, close))
		return true;
	do {
		skip_blanks(scan);
		if (keys) {
			if (scan->at == scan->end || *scan->at != '"' || !skip_string(scan))
				return false;
			skip_blanks(scan);
			if (!skip_word(scan, ":"))
				return false;
		}
		if (!skip_value(scan))
			return false;
	} while (skip_word(scan, ","));
	return skip_word(scan, close);
}

static bool skip_value(struct scan *scan)
{
	bool good;
	skip_blanks(scan);
	if (scan->at == scan->end || ++scan->depth > DEEPEST)
		return false;
	switch (*scan->at) {
	case '{':
		good = skip_members(scan, true, "}");
		break;
	case '[':
		good = skip_members(scan, false, "]");
		break;
	case '"':
		good = skip_string(scan);
		break;
	default:
		good = skip_word(scan, "true") || skip_word(scan, "false") || skip_word(scan, "null") ||
		       skip_number(scan);
	}
	skip_blanks(scan);
	scan->depth--;
	return good;
}

/* A string of checked JSON: its escapes stay, characters that need one get it. */
static size_t put_string(struct sink *sink, const char *text)
{
	size_t size = 1;
	while (text[size] != '"')
		size += text[size] == '\\' ? 2 : 1;
	for (size_t i = 0; i <= size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size + 1 - i, &point);
		char escape[8];
		if (!length)
			sink_put(sink, "\xef\xbf\xbd", 3);
		else if (utf8_is_unsafe(point))
			sink_put(sink, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", point));
		else
			sink_put(sink, text + i, length);
		i += length ? length : 1;
	}
	return size + 1;
}

void sink_json(struct sink *sink, const char *text, size_t size)
{
	struct scan scan = {.at = text, .end = text + size};
	if (!skip_value(&scan) || scan.at != scan.end) {
		sink_quoted(sink, text, size);
		return;
	}
	for (size_t i = 0; i < size;) {
		if (text[i] == '"') {
			i += put_string(sink, text + i);
			continue;
		}
		if (!memchr(" \t\n\r", text[i], 4))
			sink_char(sink, text[i]);
		i++;
	}
}
