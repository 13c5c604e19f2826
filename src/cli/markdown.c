#include "cli/markdown.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "cli/man_text.h"

#define CODE_INDENT "    "

struct page {
	struct str *out;
	bool fresh; /* right behind a heading, where mdoc wants no paragraph to be begun */
};

static size_t line_size(const char *line)
{
	return strcspn(line, "\n");
}

const char *markdown_next_line(const char *text)
{
	text += line_size(text);
	return *text ? text + 1 : text;
}

static const char *skip_empty(const char *text)
{
	return text + strspn(text, "\n");
}

static const char *heading(struct page *page, const char *at, const char *mark, const char *macro)
{
	const char *words = at + strlen(mark);
	AUTO(str) struct str title = {0};
	str_add_n(&title, words, line_size(words));
	man_macro(page->out, macro, str_text(&title));
	page->fresh = true;
	return markdown_next_line(at);
}

/* Empty lines within it are part of it. */
static const char *code(struct page *page, const char *at)
{
	AUTO(str) struct str text = {0};
	while (text_starts(skip_empty(at), CODE_INDENT)) {
		for (; *at == '\n'; at++)
			str_add_char(&text, '\n');
		const char *line = at + strlen(CODE_INDENT);
		str_add_n(&text, line, line_size(line));
		str_add_char(&text, '\n');
		at = markdown_next_line(at);
	}
	man_literal(page->out, str_text(&text));
	return at;
}

/* How long the mark is that an item of a list begins with, "- " or "1. "; 0: there is none. */
static size_t item_mark(const char *at)
{
	if (text_starts(at, "- "))
		return strlen("- ");
	size_t digits = strspn(at, "0123456789");
	return digits && text_starts(at + digits, ". ") ? digits + strlen(". ") : 0;
}

/* The text up to what ends it: an empty line, or in a list the next item. */
static const char *gather(struct str *text, const char *at, bool in_list)
{
	do {
		at += strspn(at, " ");
		str_add_n(text, at, line_size(at));
		str_add_char(text, '\n');
		at = markdown_next_line(at);
	} while (*at && *at != '\n' && !(in_list && item_mark(at)));
	text->data[--text->size] = '\0';
	return at;
}

static bool is_item(const char *at, bool numbered)
{
	return item_mark(at) && (isdigit((unsigned char)*at) != 0) == numbered;
}

static const char *list(struct page *page, const char *at)
{
	bool numbered = isdigit((unsigned char)*at);
	str_add_format(page->out, ".Bl %s\n", numbered ? "-enum" : "-bullet");
	while (is_item(at, numbered)) {
		AUTO(str) struct str text = {0};
		at = gather(&text, at + item_mark(at), true);
		man_macro(page->out, "It", NULL);
		man_paragraph(page->out, text.data, text.size, markdown_inline);
		if (is_item(skip_empty(at), numbered))
			at = skip_empty(at);
	}
	str_add(page->out, ".El\n");
	return at;
}

static const char *paragraph(struct page *page, const char *at)
{
	AUTO(str) struct str text = {0};
	at = gather(&text, at, false);
	if (!page->fresh)
		man_macro(page->out, "Pp", NULL);
	man_paragraph(page->out, text.data, text.size, markdown_inline);
	return at;
}

static const char *block(struct page *page, const char *at)
{
	if (text_starts(at, CODE_INDENT))
		return code(page, at);
	if (*at == '|')
		return markdown_table(page->out, at);
	return item_mark(at) ? list(page, at) : paragraph(page, at);
}

void man_markdown(struct str *out, const char *text)
{
	struct page page = {out, true};
	const char *at = text_starts(text, "# ") ? markdown_next_line(text) : text;
	for (at = skip_empty(at); *at; at = skip_empty(at)) {
		if (text_starts(at, "## ")) {
			at = heading(&page, at, "## ", "Sh");
		} else if (text_starts(at, "### ")) {
			at = heading(&page, at, "### ", "Ss");
		} else {
			at = block(&page, at);
			page.fresh = false;
		}
	}
}
