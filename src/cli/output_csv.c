/* RFC 4180 with the line ends of Unix. A null is an empty field, an empty text is "". Blanks at an end of a field
 * stand in quotes: readers trim what has none. */
#include <string.h>

#include "base/utf8.h"
#include "cli/output_format.h"

static bool needs_quotes(const char *text, size_t size)
{
	static const char special[256] = {['"'] = 1, [','] = 1, ['\n'] = 1, ['\r'] = 1};
	for (size_t i = 0; i < size; i++)
		if (special[(unsigned char)text[i]])
			return true;
	return size == 0 || text[0] == ' ' || text[size - 1] == ' ' || text[0] == '\t' || text[size - 1] == '\t';
}

static void put_inner(struct sink *sink, const char *text, size_t size)
{
	const char *quote;
	while ((quote = memchr(text, '"', size))) {
		size_t run = (size_t)(quote - text) + 1;
		sink_put(sink, text, run);
		sink_char(sink, '"');
		text += run;
		size -= run;
	}
	sink_put(sink, text, size);
}

static void put_field(struct sink *sink, const char *text, size_t size)
{
	if (!needs_quotes(text, size)) {
		sink_put(sink, text, size);
		return;
	}
	sink_char(sink, '"');
	put_inner(sink, text, size);
	sink_char(sink, '"');
}

/* Programs get values as they are; a terminal must not get what could steer it. */
static void put_text(struct output *output, const char *text, size_t size)
{
	if (!output->terminal) {
		put_field(&output->sink, text, size);
		return;
	}
	AUTO(str) struct str safe = {0};
	utf8_add_safe(&safe, text, size);
	put_field(&output->sink, str_text(&safe), safe.size);
}

static void put_texts(struct output *output, const struct cell *cell)
{
	AUTO(str) struct str joined = {0};
	for (size_t i = 0; i < cell->size; i++) {
		if (i)
			str_add_char(&joined, ';');
		str_add(&joined, cell->texts[i]);
	}
	if (joined.size)
		put_text(output, joined.data, joined.size);
}

static void put_cell(struct output *output, const struct cell *cell)
{
	char ascii[CELL_ASCII_SIZE];
	switch (cell->kind) {
	case CELL_NULL:
		return;
	case CELL_TEXT:
	case CELL_JSON:
		put_text(output, cell->text, cell->size);
		return;
	case CELL_TEXTS:
		put_texts(output, cell);
		return;
	case CELL_INTEGER:
	case CELL_BOOLEAN:
	case CELL_TIME:
		sink_put(&output->sink, ascii, cell_ascii(cell, ascii));
		return;
	}
}

static void csv_row(struct output *output)
{
	for (size_t i = 0; i < output->chosen_count; i++) {
		if (i)
			sink_char(&output->sink, ',');
		put_cell(output, chosen_cell(output, i));
	}
	sink_char(&output->sink, '\n');
}

static void csv_begin(struct output *output)
{
	if (!output->headings)
		return;
	for (size_t i = 0; i < output->chosen_count; i++) {
		const char *name = chosen_column(output, i)->name;
		if (i)
			sink_char(&output->sink, ',');
		sink_put(&output->sink, name, strlen(name));
	}
	sink_char(&output->sink, '\n');
}

const struct format format_csv = {.begin = csv_begin, .row = csv_row};
