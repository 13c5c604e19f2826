/* A list as an array with one object a line, so that grep and diff are of use too; one object over several lines. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/output_format.h"

/* Bytes that can be copied as they are inside a quoted text: printable ASCII but the quote and the backslash. */
static const char plain[256] = {
	[' '] = 1, ['!'] = 1, ['#' ... '['] = 1, [']' ... '~'] = 1,
};

static void put_escape(struct sink *sink, uint32_t point)
{
	static const char hex[] = "0123456789abcdef";
	static const char short_forms[128] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};
	if (point < sizeof short_forms && short_forms[point]) {
		sink_put(sink, (const char[]){'\\', short_forms[point]}, 2);
		return;
	}
	/* All unsafe code points lie in the first plane. */
	sink_put(sink,
		 (const char[]){'\\', 'u', hex[point >> 12 & 15], hex[point >> 8 & 15], hex[point >> 4 & 15],
				hex[point & 15]},
		 6);
}

/* One character that is not plain; returns its size in bytes. */
static size_t put_character(struct sink *sink, const char *text, size_t size)
{
	uint32_t point;
	size_t length = utf8_decode(text, size, &point);
	if (!length)
		sink_put(sink, "\xef\xbf\xbd", 3);
	else if (point == '"' || point == '\\' || utf8_is_unsafe(point))
		put_escape(sink, point);
	else
		sink_put(sink, text, length);
	return length ? length : 1;
}

void sink_quoted(struct sink *sink, const char *text, size_t size)
{
	sink_char(sink, '"');
	for (size_t i = 0; i < size;) {
		size_t run = i;
		while (run < size && plain[(unsigned char)text[run]])
			run++;
		sink_put(sink, text + i, run - i);
		i = run;
		if (i < size)
			i += put_character(sink, text + i, size - i);
	}
	sink_char(sink, '"');
}

static void put_cell(struct sink *sink, const struct cell *cell)
{
	char ascii[CELL_ASCII_SIZE];
	switch (cell->kind) {
	case CELL_NULL:
		sink_put(sink, "null", 4);
		return;
	case CELL_TEXT:
		sink_quoted(sink, cell->text, cell->size);
		return;
	case CELL_JSON:
		sink_json(sink, cell->text, cell->size);
		return;
	case CELL_INTEGER:
		sink_put(sink, ascii, cell_ascii(cell, ascii));
		return;
	case CELL_TIME:
		sink_quoted(sink, ascii, cell_ascii(cell, ascii));
		return;
	case CELL_BOOLEAN:
		sink_put(sink, cell->integer ? "true" : "false", cell->integer ? 4 : 5);
		return;
	case CELL_TEXTS:
		sink_char(sink, '[');
		for (size_t i = 0; i < cell->size; i++) {
			if (i)
				sink_char(sink, ',');
			sink_quoted(sink, cell->texts[i], strlen(cell->texts[i]));
		}
		sink_char(sink, ']');
		return;
	}
}

/* What stands before each value, made once: `{"id":`, `,"email":`, and the like. */
struct keys {
	char **before;
	size_t *sizes;
	size_t count;
};

static void json_begin(struct output *output)
{
	bool list = output->shape == SHAPE_LIST;
	struct keys *keys = output->state = mem_new(1, sizeof *keys);
	keys->count = output->chosen_count;
	keys->before = mem_new(keys->count, sizeof *keys->before);
	keys->sizes = mem_new(keys->count, sizeof *keys->sizes);
	for (size_t i = 0; i < keys->count; i++) {
		const char *name = chosen_column(output, i)->name;
		keys->before[i] = list ? text_format("%s\"%s\":", i ? "," : "{", name)
				       : text_format("%s\n  \"%s\": ", i ? "," : "{", name);
		keys->sizes[i] = strlen(keys->before[i]);
	}
	if (list)
		sink_char(&output->sink, '[');
}

static void json_row(struct output *output)
{
	const struct keys *keys = output->state;
	struct sink *sink = &output->sink;
	bool list = output->shape == SHAPE_LIST;
	if (list && output->rows)
		sink_char(sink, ',');
	if (list)
		sink_char(sink, '\n');
	for (size_t i = 0; i < keys->count; i++) {
		sink_put(sink, keys->before[i], keys->sizes[i]);
		put_cell(sink, chosen_cell(output, i));
	}
	if (!list)
		sink_char(sink, '\n');
	sink_char(sink, '}');
}

static void json_end(struct output *output)
{
	if (output->shape == SHAPE_LIST && output->rows)
		sink_put(&output->sink, "\n]", 2);
	else if (output->shape == SHAPE_LIST)
		sink_char(&output->sink, ']');
	sink_char(&output->sink, '\n');
}

static void json_release(struct output *output)
{
	struct keys *keys = output->state;
	for (size_t i = 0; keys && i < keys->count; i++)
		free(keys->before[i]);
	if (keys) {
		free(keys->before);
		free(keys->sizes);
	}
	free(keys);
}

const struct format format_json = {.begin = json_begin, .row = json_row, .end = json_end, .release = json_release};
