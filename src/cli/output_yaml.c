/* YAML 1.1 and 1.2 alike: block style, and a text stands bare only when no reader could take it for anything else. */
#include <string.h>
#include <strings.h>

#include "cli/output_format.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_bare(const char *text, size_t size)
{
	static const char *const reserved[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
	if (!size || size > 128 || !is_letter(text[0]))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!is_letter(text[i]) && !(text[i] >= '0' && text[i] <= '9') && !memchr("_-./@+", text[i], 6))
			return false;
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (strlen(reserved[i]) == size && !strncasecmp(reserved[i], text, size))
			return false;
	return true;
}

static void put_text(struct sink *sink, const char *text, size_t size)
{
	if (is_bare(text, size))
		sink_put(sink, text, size);
	else
		sink_quoted(sink, text, size);
}

static void put_texts(struct sink *sink, const struct cell *cell, bool nested)
{
	if (!cell->size)
		sink_put(sink, " []", 3);
	for (size_t i = 0; i < cell->size; i++) {
		sink_put(sink, nested ? "\n    - " : "\n  - ", nested ? 7 : 5);
		put_text(sink, cell->texts[i], strlen(cell->texts[i]));
	}
}

static void put_scalar(struct sink *sink, const struct cell *cell)
{
	char ascii[CELL_ASCII_SIZE];
	switch (cell->kind) {
	case CELL_NULL:
		sink_put(sink, "null", 4);
		return;
	case CELL_TEXT:
		put_text(sink, cell->text, cell->size);
		return;
	case CELL_JSON: /* flow style is JSON */
		sink_json(sink, cell->text, cell->size);
		return;
	case CELL_BOOLEAN:
		sink_put(sink, cell->integer ? "true" : "false", cell->integer ? 4 : 5);
		return;
	case CELL_TIME: /* quoted, or readers make a time of their own of it */
		sink_quoted(sink, ascii, cell_ascii(cell, ascii));
		return;
	case CELL_INTEGER:
	case CELL_TEXTS:
		sink_put(sink, ascii, cell_ascii(cell, ascii));
		return;
	}
}

static void yaml_row(struct output *output)
{
	struct sink *sink = &output->sink;
	bool list = output->shape == SHAPE_LIST;
	for (size_t i = 0; i < output->chosen_count; i++) {
		const struct cell *cell = chosen_cell(output, i);
		const char *name = chosen_column(output, i)->name;
		if (list)
			sink_put(sink, i ? "  " : "- ", 2);
		sink_put(sink, name, strlen(name));
		sink_char(sink, ':');
		if (cell->kind == CELL_TEXTS) {
			put_texts(sink, cell, list);
		} else {
			sink_char(sink, ' ');
			put_scalar(sink, cell);
		}
		sink_char(sink, '\n');
	}
}

static void yaml_end(struct output *output)
{
	if (!output->rows)
		sink_put(&output->sink, "[]\n", 3);
}

const struct format format_yaml = {.row = yaml_row, .end = yaml_end};
