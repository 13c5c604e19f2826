/* For people. The first rows are held back to learn how wide the columns are; the rest streams through. A cell that is
 * wider than its column (one of a later row, or wider than WIDEST) pushes the rest of its line: nothing is ever cut,
 * and one long name does not pad all other lines. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/output_format.h"

#define HELD_ROWS 200
#define GAP 2
#define WIDEST 64 /* columns of the terminal; an id has 36, most addresses have less */

struct piece {
	size_t start, size, width; /* in `text` */
};

struct table {
	size_t *widths;
	struct str text;      /* the held cells, made safe */
	struct piece *pieces; /* of the held rows, one after another */
	size_t count, room;
	bool streaming;
};

static size_t width_of(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] >= 0x80)
			return utf8_width(text, size);
	return size;
}

static void add_cell_text(struct str *out, const struct cell *cell)
{
	char ascii[CELL_ASCII_SIZE];
	switch (cell->kind) {
	case CELL_NULL:
		str_add_char(out, '-');
		return;
	case CELL_TEXT:
	case CELL_JSON:
		utf8_add_safe(out, cell->text, cell->size);
		return;
	case CELL_TEXTS:
		if (!cell->size)
			str_add_char(out, '-');
		for (size_t i = 0; i < cell->size; i++) {
			if (i)
				str_add_char(out, ',');
			utf8_add_safe(out, cell->texts[i], strlen(cell->texts[i]));
		}
		return;
	case CELL_INTEGER:
	case CELL_BOOLEAN:
	case CELL_TIME:
		str_add_n(out, ascii, cell_ascii(cell, ascii));
		return;
	}
}

static void put_blanks(struct sink *sink, size_t count)
{
	while (count--)
		sink_char(sink, ' ');
}

/* Blanks are owed until something follows them: no line ends in blanks. */
static void put_line(struct output *output, const struct piece *pieces)
{
	const struct table *table = output->state;
	size_t owed = 0;
	for (size_t i = 0; i < output->chosen_count; i++) {
		const struct piece *piece = &pieces[i];
		size_t missing = piece->width < table->widths[i] ? table->widths[i] - piece->width : 0;
		bool right = chosen_column(output, i)->type == COLUMN_INTEGER;
		if (piece->size) {
			put_blanks(&output->sink, owed + (right ? missing : 0));
			sink_put(&output->sink, table->text.data + piece->start, piece->size);
			owed = right ? 0 : missing;
		} else {
			owed += missing;
		}
		owed += GAP;
	}
	sink_char(&output->sink, '\n');
}

static struct piece *add_piece(struct table *table)
{
	if (table->count == table->room) {
		table->room = table->room ? table->room * 2 : 64;
		table->pieces = mem_resize(table->pieces, table->room, sizeof *table->pieces);
	}
	return &table->pieces[table->count++];
}

static void end_piece(struct table *table, size_t start, size_t column)
{
	struct piece *piece = add_piece(table);
	piece->start = start;
	piece->size = table->text.size - start;
	piece->width = width_of(table->text.data + start, piece->size);
	size_t width = piece->width < WIDEST ? piece->width : WIDEST;
	if (!table->streaming && width > table->widths[column])
		table->widths[column] = width;
}

static void add_headings(struct output *output)
{
	struct table *table = output->state;
	for (size_t i = 0; i < output->chosen_count; i++) {
		size_t start = table->text.size;
		for (const char *c = chosen_column(output, i)->name; *c; c++)
			str_add_char(&table->text, (char)toupper((unsigned char)*c));
		end_piece(table, start, i);
	}
}

static void add_row(struct output *output)
{
	struct table *table = output->state;
	for (size_t i = 0; i < output->chosen_count; i++) {
		size_t start = table->text.size;
		add_cell_text(&table->text, chosen_cell(output, i));
		end_piece(table, start, i);
	}
}

static void put_held(struct output *output)
{
	struct table *table = output->state;
	str_reserve(&table->text, 0);
	for (size_t i = 0; i < table->count; i += output->chosen_count)
		put_line(output, table->pieces + i);
	table->count = 0;
	str_clear(&table->text);
}

/* An object reads down: one line a column. */
static void put_object(struct output *output)
{
	size_t widest = 0;
	for (size_t i = 0; i < output->chosen_count; i++) {
		size_t width = strlen(chosen_column(output, i)->name);
		widest = width > widest ? width : widest;
	}
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < output->chosen_count; i++) {
		const char *name = chosen_column(output, i)->name;
		str_clear(&text);
		add_cell_text(&text, chosen_cell(output, i));
		if (output->headings) {
			sink_put(&output->sink, name, strlen(name));
			put_blanks(&output->sink, text.size ? widest - strlen(name) + GAP : 0);
		}
		sink_put(&output->sink, str_text(&text), text.size);
		sink_char(&output->sink, '\n');
	}
}

static void table_begin(struct output *output)
{
	struct table *table = output->state = mem_new(1, sizeof *table);
	table->widths = mem_new(output->chosen_count, sizeof *table->widths);
	if (output->headings && output->shape == SHAPE_LIST)
		add_headings(output);
}

static void table_row(struct output *output)
{
	struct table *table = output->state;
	if (output->shape == SHAPE_OBJECT) {
		put_object(output);
		return;
	}
	add_row(output);
	if (output->rows + 1 >= HELD_ROWS)
		table->streaming = true;
	if (table->streaming)
		put_held(output);
}

static void table_release(struct output *output)
{
	struct table *table = output->state;
	if (table) {
		free(table->widths);
		free(table->pieces);
		str_cleanup(&table->text);
	}
	free(table);
}

static void table_end(struct output *output)
{
	if (output->rows || !output->quiet)
		put_held(output);
}

const struct format format_table = {
	.begin = table_begin, .row = table_row, .end = table_end, .release = table_release};
