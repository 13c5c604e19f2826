#include "settings/envfile.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/utf8.h"
#include "settings/value.h"

struct reader {
	const char *path, *at; /* NUL-terminated text */
	unsigned line;
};

static fallible wrong(const struct reader *reader, unsigned line, const char *what, const char *hint)
{
	return error_hint(error_new(ERR_SETTINGS, "%s:%u: %s", reader->path, line, what), "%s", hint);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool at_line_end(const struct reader *reader)
{
	return *reader->at == '\n' || *reader->at == '\r' || !*reader->at;
}

static void skip_blanks(struct reader *reader)
{
	while (is_blank(*reader->at))
		reader->at++;
}

static void skip_to_line_end(struct reader *reader)
{
	reader->at += strcspn(reader->at, "\r\n");
}

/* LF, CRLF and a lone CR each end a line. */
static void next_line(struct reader *reader)
{
	if (!*reader->at)
		return;
	reader->at += reader->at[0] == '\r' && reader->at[1] == '\n' ? 2 : 1;
	reader->line++;
}

static fallible read_name(struct reader *reader, struct str *name)
{
	if (!strncmp(reader->at, "export", 6) && is_blank(reader->at[6])) {
		reader->at += 6;
		skip_blanks(reader);
	}
	size_t size = strcspn(reader->at, "= \t\v\f\r\n#'\"");
	if (!size)
		return wrong(reader, reader->line, "no name in front of the value",
			     "write NAME=VALUE, or # for a comment");
	for (size_t i = 0; i < size; i++)
		if (iscntrl((unsigned char)reader->at[i]))
			return wrong(reader, reader->line, "a control character in a name", "write NAME=VALUE");
	str_add_n(name, reader->at, size);
	reader->at += size;
	return NULL;
}

/* In single quotes only \\ and \' are escapes, in double quotes those of C as well; any other backslash stays. */
static bool add_escape(struct str *value, char quote, char c)
{
	static const char letters[] = "abfnrtv", codes[] = "\a\b\f\n\r\t\v";
	const char *letter = quote == '"' ? strchr(letters, c) : NULL;
	if (c == '\\' || c == '\'' || (c == '"' && quote == '"'))
		str_add_char(value, c);
	else if (letter && *letter)
		str_add_char(value, codes[letter - letters]);
	else
		return false;
	return true;
}

static fallible read_quoted(struct reader *reader, struct str *value)
{
	unsigned first = reader->line;
	char quote = *reader->at++;
	for (; *reader->at && *reader->at != quote; reader->at++) {
		if (*reader->at == '\\' && reader->at[1] && add_escape(value, quote, reader->at[1])) {
			reader->at++;
			continue;
		}
		if (*reader->at == '\\' && reader->at[1]) /* the backslash protects what follows, a quote too */
			str_add_char(value, *reader->at++);
		reader->line += *reader->at == '\n' || (*reader->at == '\r' && reader->at[1] != '\n');
		str_add_char(value, *reader->at);
	}
	if (!*reader->at)
		return wrong(reader, first, "the quote that opens the value is never closed",
			     "close it, or write \\ in front of a quote that belongs to the value");
	reader->at++;
	skip_blanks(reader);
	if (!at_line_end(reader) && *reader->at != '#')
		return wrong(reader, reader->line, "text behind the closing quote",
			     "put the whole value in quotes, and \\ in front of a quote inside");
	return NULL;
}

/* Up to a "#" that has a blank in front, without the blanks at the end. */
static void read_bare(struct reader *reader, struct str *value)
{
	const char *start = reader->at, *end = start;
	for (; !at_line_end(reader); reader->at++) {
		if (*reader->at == '#' && is_blank(reader->at[-1]))
			break;
		if (!is_blank(*reader->at))
			end = reader->at + 1;
	}
	str_add_n(value, start, (size_t)(end - start));
}

static void add_line(struct env_file *file, struct str *name, struct str *value, unsigned line)
{
	if (file->count == file->room) {
		file->room = file->room ? file->room * 2 : 32;
		file->lines = mem_resize(file->lines, file->room, sizeof *file->lines);
	}
	file->lines[file->count++] = (struct env_line){str_take(name), str_take(value), line};
}

static fallible read_binding(struct reader *reader, struct env_file *file)
{
	AUTO(str) struct str name = {0}, value = {0};
	unsigned line = reader->line;
	TRY(read_name(reader, &name));
	skip_blanks(reader);
	if (*reader->at != '=') {
		if (!at_line_end(reader) && *reader->at != '#')
			return wrong(reader, line, "no \"=\" behind the name", "write NAME=VALUE, or # for a comment");
		return NULL;
	}
	reader->at++;
	skip_blanks(reader);
	if (*reader->at == '\'' || *reader->at == '"')
		TRY(read_quoted(reader, &value));
	else
		read_bare(reader, &value);
	add_line(file, &name, &value, line);
	return NULL;
}

static fallible read_lines(struct reader *reader, struct env_file *file)
{
	while (*reader->at) {
		skip_blanks(reader);
		if (!at_line_end(reader) && *reader->at != '#')
			TRY(read_binding(reader, file));
		skip_to_line_end(reader);
		next_line(reader);
	}
	return NULL;
}

static unsigned lines_before(const char *text, const char *end)
{
	unsigned line = 1;
	for (; text < end; text++)
		line += *text == '\n';
	return line;
}

static fallible check_text(const struct reader *reader, const char *text, size_t size)
{
	const char *nul = memchr(text, '\0', size);
	if (nul)
		return wrong(reader, lines_before(text, nul), "a NUL byte", "is this a text file?");
	uint32_t point;
	for (size_t i = 0, length; i < size; i += length) {
		length = utf8_decode(text + i, size - i, &point);
		if (!length)
			return wrong(reader, lines_before(text, text + i), "not UTF-8", "save the file as UTF-8");
	}
	return NULL;
}

fallible envfile_parse(const char *path, const char *text, size_t size, struct env_file *file)
{
	AUTO(secret) char *copy = text_copy_n(text, size); /* ends in NUL, whatever the caller's does */
	struct reader reader = {.path = path, .at = copy, .line = 1};
	TRY(check_text(&reader, text, size));
	if (!strncmp(reader.at, "\xef\xbb\xbf", 3))
		reader.at += 3;
	AUTO(env_file) struct env_file parsed = {0};
	TRY(read_lines(&reader, &parsed));
	*file = parsed;
	parsed = (struct env_file){0};
	return NULL;
}

fallible envfile_read(const char *path, struct env_file *file)
{
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, ENVFILE_LIMIT, &text);
	settings_blame(error);
	if (!error)
		error = envfile_parse(path, str_text(&text), text.size, file);
	mem_wipe(text.data, text.room);
	return error;
}

void env_file_cleanup(struct env_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		free(file->lines[i].name);
		secret_free(file->lines[i].value);
	}
	free(file->lines);
	*file = (struct env_file){0};
}
