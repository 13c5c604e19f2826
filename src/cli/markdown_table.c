/* Tables. In a terminal of 80 columns a list of terms can be read, and three columns beside each other can't. */
#include <string.h>

#include "base/memory.h"
#include "cli/man_text.h"
#include "cli/markdown.h"

/* The cells between the bars of a line, without the blanks around them. */
static void split(const char *line, struct strings *cells)
{
	const char *end = line + strcspn(line, "\n");
	for (const char *bar = line; bar < end;) {
		const char *next = memchr(bar + 1, '|', (size_t)(end - bar - 1));
		if (!next)
			return;
		const char *first = bar + 1 + strspn(bar + 1, " ");
		const char *last = next;
		while (last > first && last[-1] == ' ')
			last--;
		AUTO(str) struct str cell = {0};
		if (last > first)
			str_add_n(&cell, first, (size_t)(last - first));
		strings_add(cells, str_text(&cell));
		bar = next;
	}
}

static void add_text(struct str *out, const char *text)
{
	man_paragraph(out, text, strlen(text), markdown_inline);
}

/* What is typed stands in bold, and needs no backquotes then. */
static void add_term(struct str *out, const char *text)
{
	AUTO(str) struct str term = {0};
	for (const char *c = text; *c; c++)
		if (*c != '`')
			str_add_char(&term, *c);
	man_macro(out, "It Cm", str_text(&term));
}

static void add_labelled(struct str *out, const struct strings *headings, const struct strings *cells)
{
	size_t widest = 1;
	for (size_t i = 1; i < headings->count; i++)
		if (strlen(headings->items[widest]) < strlen(headings->items[i]))
			widest = i;
	str_add_format(out, ".Bl -tag -width \"%s\" -compact\n", headings->items[widest]);
	for (size_t i = 1; i < cells->count && i < headings->count; i++) {
		if (!*cells->items[i])
			continue;
		man_macro(out, "It", headings->items[i]);
		add_text(out, cells->items[i]);
	}
	str_add(out, ".El\n");
}

static void add_row(struct str *out, const struct strings *headings, const struct strings *cells)
{
	if (*cells->items[0])
		add_term(out, cells->items[0]);
	else
		man_macro(out, "Pp", NULL);
	if (headings->count > 2)
		add_labelled(out, headings, cells);
	else if (cells->count > 1)
		add_text(out, cells->items[1]);
}

const char *markdown_table(struct str *out, const char *text)
{
	AUTO(strings) struct strings headings = {0};
	split(text, &headings);
	text = markdown_next_line(text);
	if (text_starts(text, "|--"))
		text = markdown_next_line(text);
	str_add(out, ".Bl -tag -width Ds\n");
	for (; *text == '|'; text = markdown_next_line(text)) {
		AUTO(strings) struct strings cells = {0};
		split(text, &cells);
		if (cells.count)
			add_row(out, &headings, &cells);
	}
	str_add(out, ".El\n");
	return text;
}
