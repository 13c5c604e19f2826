#include "cli/man_text.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

#define LINE_WIDTH 78

/* A hyphen inside a word is one; elsewhere, as in --help, it is to be typed and must stay what it is. */
static bool is_typed_hyphen(const char *start, const char *at)
{
	return at == start || !isalnum((unsigned char)at[-1]);
}

void man_escape_n(struct str *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		switch (text[i]) {
		case '\\':
			str_add(out, "\\e");
			break;
		case '\'':
			str_add(out, "\\(aq");
			break;
		case '`':
			str_add(out, "\\(ga");
			break;
		case '"':
			str_add(out, "\\(dq");
			break;
		case '~':
			str_add(out, "\\(ti");
			break;
		case '(': /* of "name()", which would count as the name of a function without its markup */
			str_add(out, i + 1 < size && text[i + 1] == ')' ? "\\&(" : "(");
			break;
		case '-':
			str_add(out, is_typed_hyphen(text, text + i) ? "\\-" : "-");
			break;
		case '\n':
			str_add_char(out, ' ');
			break;
		default:
			str_add_char(out, text[i]);
		}
	}
}

void man_escape(struct str *out, const char *text)
{
	man_escape_n(out, text, strlen(text));
}

void man_macro(struct str *out, const char *macro, const char *text)
{
	str_add_format(out, ".%s", macro);
	if (text) {
		str_add(out, " \"");
		man_escape(out, text);
		str_add_char(out, '"');
	}
	str_add_char(out, '\n');
}

void man_literal(struct str *out, const char *text)
{
	str_add(out, ".Bd -literal -offset indent\n");
	while (*text) {
		size_t line = strcspn(text, "\n");
		if (*text == '.')
			str_add(out, "\\&");
		man_escape_n(out, text, line);
		str_add_char(out, '\n');
		text += line + (text[line] == '\n');
	}
	str_add(out, ".Ed\n");
}

/* Where the sentence that begins at `text` ends: at a full stop before a blank, or at the end of the paragraph. */
static size_t sentence_size(const char *text, size_t size)
{
	for (size_t i = 1; i + 1 < size; i++)
		if (text[i] == '.' && text[i - 1] != '.' && (text[i + 1] == ' ' || text[i + 1] == '\n'))
			return i + 1;
	return size;
}

/* Appends escaped words, wrapped; a line must not begin with a full stop, or it would be a macro. */
static void add_lines(struct str *out, const char *words)
{
	size_t column = 0;
	while (*words) {
		size_t word = strcspn(words, " ");
		if (column && column + 1 + word > LINE_WIDTH) {
			str_add_char(out, '\n');
			column = 0;
		} else if (column) {
			str_add_char(out, ' ');
			column++;
		}
		if (!column && *words == '.')
			str_add(out, "\\&");
		str_add_n(out, words, word);
		column += word;
		words += word + strspn(words + word, " ");
	}
	str_add_char(out, '\n');
}

void man_paragraph(struct str *out, const char *text, size_t size, man_escaper *escape)
{
	while (size) {
		size_t sentence = sentence_size(text, size);
		AUTO(str) struct str escaped = {0};
		escape(&escaped, text, sentence);
		add_lines(out, str_text(&escaped));
		while (sentence < size && (text[sentence] == ' ' || text[sentence] == '\n'))
			sentence++;
		text += sentence;
		size -= sentence;
	}
}

void man_text(struct str *out, const char *text)
{
	for (bool first = true;; first = false) {
		text += strspn(text, " \n");
		if (!*text)
			return;
		const char *end = strstr(text, "\n\n");
		size_t size = end ? (size_t)(end - text) : strlen(text);
		if (!first)
			man_macro(out, "Pp", NULL);
		man_paragraph(out, text, size, man_escape_n);
		text += size;
	}
}

/* A word of the language, which a sentence may begin with; not the program's name, a command, an option or a value,
 * which are written as they are typed: those have other characters than letters, stand in `..`, or are "owctl". */
static bool is_plain_word(const char *text)
{
	size_t size = strcspn(text, " ");
	while (size && strchr(".,;:?", text[size - 1]))
		size--;
	for (size_t i = 0; i < size; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '\'' && !(text[i] == '-' && i))
			return false;
	return size && !(size == strlen("owctl") && text_starts(text, "owctl"));
}

void man_capital(char *sentence)
{
	if (is_plain_word(sentence))
		sentence[0] = (char)toupper((unsigned char)sentence[0]);
}

void man_sentence(struct str *out, const char *clause)
{
	AUTO(memory) char *sentence = text_format("%s.", clause);
	man_capital(sentence);
	man_text(out, sentence);
}
