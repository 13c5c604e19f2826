#include "commands/shell/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/quote.h"

#define BLANKS " \t"
#define FOR_SHELLS ";&<`()" /* outside of quotes */
#define SHORTEST_S 0.1
#define LONGEST_S 86400.0
#define USUAL_S 2.0

void shell_line_cleanup(struct shell_line *line)
{
	strings_cleanup(&line->words);
	free(line->program);
	free(line->filter);
	*line = (struct shell_line){0};
}

/* ---- words ---- */

struct scanner {
	const char *at, *end;
	char quote;	  /* that is open at the end of the text */
	struct str word;  /* the one that is being read */
	bool in_word;
};

static void take_escaped(struct scanner *scanner, const char *also)
{
	char next = scanner->at + 1 < scanner->end ? scanner->at[1] : '\0';
	if (!next || (also && !strchr(also, next))) {
		str_add_char(&scanner->word, '\\');
		scanner->at++;
		return;
	}
	str_add_char(&scanner->word, next);
	scanner->at += 2;
}

static void take_quoted(struct scanner *scanner)
{
	scanner->quote = *scanner->at++;
	while (scanner->at < scanner->end && *scanner->at != scanner->quote) {
		if (scanner->quote == '"' && *scanner->at == '\\')
			take_escaped(scanner, "\"\\$`");
		else
			str_add_char(&scanner->word, *scanner->at++);
	}
	if (scanner->at < scanner->end) {
		scanner->at++;
		scanner->quote = '\0';
	}
}

/* Up to a blank, or what does not belong to words: true where a word was there. */
static bool take_word(struct scanner *scanner)
{
	str_clear(&scanner->word);
	while (scanner->at < scanner->end && strchr(BLANKS, *scanner->at))
		scanner->at++;
	scanner->in_word = false;
	if (scanner->at < scanner->end && *scanner->at == '#')
		scanner->at = scanner->end;
	while (scanner->at < scanner->end && !strchr(BLANKS "|>" FOR_SHELLS, *scanner->at)) {
		scanner->in_word = true;
		if (*scanner->at == '\'' || *scanner->at == '"')
			take_quoted(scanner);
		else if (*scanner->at == '\\')
			take_escaped(scanner, NULL);
		else
			str_add_char(&scanner->word, *scanner->at++);
	}
	return scanner->in_word;
}

static void scanner_cleanup(struct scanner *scanner)
{
	str_cleanup(&scanner->word);
}

static struct scanner scanner_of(const char *text, size_t size)
{
	return (struct scanner){.at = text, .end = text + size};
}

bool shell_line_words(const char *text, size_t size, struct strings *words)
{
	AUTO(scanner) struct scanner scanner = scanner_of(text, size);
	const char *first = text + strspn(text, BLANKS);
	bool ours = first >= text + size || *first != '!';
	while (ours && take_word(&scanner))
		strings_add(words, str_text(&scanner.word));
	bool blank = !size || (strchr(BLANKS, text[size - 1]) && !scanner.quote);
	if (ours && (blank || !words->count))
		strings_add(words, "");
	return ours && scanner.at == scanner.end;
}

char *shell_line_quote(const char *word, char quote)
{
	struct str out = {0};
	const char *special = quote == '\'' ? "" : quote ? "\"\\$`" : SHELL_LINE_SPECIAL;
	for (; *word; word++) {
		if (quote == '\'' && *word == '\'') {
			str_add(&out, "'\\''");
			continue;
		}
		if (strchr(special, *word))
			str_add_char(&out, '\\');
		str_add_char(&out, *word);
	}
	return str_take(&out);
}

char *shell_line_unquote(const char *typed, char quote)
{
	AUTO(memory) char *begun = text_format("%.*s%s", quote != '\0', &quote, typed);
	AUTO(scanner) struct scanner scanner = scanner_of(begun, strlen(begun));
	bool whole = take_word(&scanner) && !*scanner.at;
	return whole ? str_take(&scanner.word) : NULL;
}

/* ---- what stands behind the words ---- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, BLANKS);
}

/* `cat > FILE OTHER` would copy the other one. */
static bool has_two_words(const char *text)
{
	AUTO(scanner) struct scanner scanner = scanner_of(text, strlen(text));
	take_word(&scanner);
	return take_word(&scanner);
}

/* `| PROGRAM`, `> FILE`, `>> FILE`. */
static fallible read_filter(const char *rest, struct shell_line *line)
{
	const char *program = skip_blanks(*rest == '|' ? rest + 1 : rest + strspn(rest, ">"));
	if (!*program || *program == '|' || *program == '>')
		return error_hint(error_new(ERR_USAGE, "nothing follows '%c'", *rest),
				  *rest == '|' ? "the name of a program, as in: user list | less"
					       : "the name of a file, as in: user list -o csv > people.csv");
	if (*rest == '>' && has_two_words(program))
		return error_hint(error_new(ERR_USAGE, "more than the name of a file follows '>'"),
				  "a name with blanks stands in quotes, as in: user list > 'my people.txt'");
	line->filter = *rest == '|' ? text_copy(program) : text_format("cat %s", rest);
	return NULL;
}

/* `text` is what follows `\watch`: seconds, or nothing. */
static fallible read_watch(const char *text, struct shell_line *line)
{
	char *end = NULL;
	text = skip_blanks(text);
	double seconds = *text ? strtod(text, &end) : USUAL_S;
	if (*text && (end == text || *skip_blanks(end) || !(seconds >= SHORTEST_S && seconds <= LONGEST_S))) {
		AUTO(memory) char *shown = quote_word(text);
		return error_hint(error_new(ERR_USAGE, "\\watch takes a number of seconds, at least %.1f, not %s",
					    SHORTEST_S, shown),
				  "user list \\watch 2");
	}
	line->watch = true;
	line->every_ms = (int64_t)llround(seconds * 1000);
	return NULL;
}

static bool is_watch(const char *at)
{
	return text_starts(at, "\\watch") && (!at[6] || strchr(BLANKS, at[6]));
}

static fallible refuse(char sign)
{
	return error_hint(error_new(ERR_USAGE, "'%c' is for a shell, and this is none", sign),
			  "in quotes it is a part of a word; a line that begins with ! is for the system's shell");
}

static fallible read_words(const char *text, struct shell_line *line)
{
	AUTO(scanner) struct scanner scanner = scanner_of(text, strlen(text));
	for (;;) {
		scanner.at = skip_blanks(scanner.at);
		if (is_watch(scanner.at))
			return read_watch(scanner.at + 6, line);
		if (!take_word(&scanner))
			break;
		strings_add(&line->words, str_text(&scanner.word));
	}
	if (scanner.quote)
		return error_hint(error_new(ERR_USAGE, "the quote (%c) is not closed", scanner.quote),
				  "a quote that is meant has a backslash before it: \\%c", scanner.quote);
	if (!*scanner.at)
		return NULL;
	if (strchr(FOR_SHELLS, *scanner.at))
		return refuse(*scanner.at);
	if (!line->words.count)
		return error_hint(error_new(ERR_USAGE, "a command is missing before '%c'", *scanner.at),
				  "user list | less");
	return read_filter(scanner.at, line);
}

fallible shell_line_read(const char *text, struct shell_line *line)
{
	text = skip_blanks(text);
	if (*text != '!')
		return read_words(text, line);
	text = skip_blanks(text + 1);
	if (!*text)
		return error_hint(error_new(ERR_USAGE, "nothing follows '!'"), "!date");
	line->program = text_copy(text);
	return NULL;
}
