#include "cli/output.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cli/output_format.h"
#include "cli/quote.h"
#include "cli/run.h"

static bool waited_for(const struct output_source *source)
{
	return source && source->state && source->keeps_others_waiting(source->state);
}

void output_let_go(const struct output_source *source)
{
	if (waited_for(source))
		source->let_go(source->state);
}

static size_t integer_ascii(int64_t value, char *ascii)
{
	char digits[20];
	size_t count = 0, size = 0;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		digits[count++] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		ascii[size++] = '-';
	while (count)
		ascii[size++] = digits[--count];
	return size;
}

size_t cell_ascii(const struct cell *cell, char ascii[static CELL_ASCII_SIZE])
{
	if (cell->kind == CELL_BOOLEAN) {
		memcpy(ascii, cell->integer ? "yes" : "no", 3);
		return cell->integer ? 3 : 2;
	}
	if (cell->kind == CELL_TIME && clock_format(cell->integer, ascii))
		return CLOCK_TEXT_SIZE - 1;
	return integer_ascii(cell->integer, ascii);
}

static fallible unknown_column(const struct output *output, const char *name)
{
	const char *known[64];
	size_t count = 0;
	AUTO(str) struct str names = {0};
	for (size_t i = 0; i < output->column_count; i++) {
		str_add_format(&names, "%s%s", i ? ", " : "", output->columns[i].name);
		if (count < COUNT(known))
			known[count++] = output->columns[i].name;
	}
	AUTO(strings) struct strings near = {0};
	suggest(name, known, count, &near);
	AUTO(memory) char *shown = quote_word(name);
	struct error *error = error_new(ERR_USAGE, "there is no column %s", shown);
	if (near.count)
		return error_hint(error, "did you mean %s? The columns are: %s", near.items[0], str_text(&names));
	return error_hint(error, "the columns are: %s", str_text(&names));
}

static fallible choose(struct output *output, const char *name)
{
	for (size_t i = 0; i < output->column_count; i++)
		if (!strcasecmp(output->columns[i].name, name)) {
			output->chosen[output->chosen_count++] = i;
			return NULL;
		}
	return unknown_column(output, name);
}

static fallible choose_columns(struct output *output, const struct output_options *options)
{
	if (options->columns && options->columns->count) {
		output->chosen = mem_new(options->columns->count, sizeof *output->chosen);
		for (size_t i = 0; i < options->columns->count; i++)
			TRY(choose(output, options->columns->items[i]));
		return NULL;
	}
	output->chosen = mem_new(output->column_count, sizeof *output->chosen);
	for (size_t i = 0; i < output->column_count; i++)
		if (options->format != OUTPUT_TABLE || !output->columns[i].extra ||
		    text_equal(options->also, output->columns[i].name))
			output->chosen[output->chosen_count++] = i;
	return NULL;
}

fallible output_open(FILE *stream, const struct column *columns, enum output_shape shape,
		     const struct output_options *options, struct output **result)
{
	static const struct format *const formats[] = {
		[OUTPUT_TABLE] = &format_table,
		[OUTPUT_JSON] = &format_json,
		[OUTPUT_YAML] = &format_yaml,
		[OUTPUT_CSV] = &format_csv,
	};
	AUTO(output) struct output *output = mem_new(1, sizeof *output);
	sink_begin(&output->sink, stream, waited_for(options->source));
	output->source = options->source;
	output->format = formats[options->format];
	output->shape = shape;
	output->headings = !options->no_headings;
	output->quiet = options->quiet;
	output->terminal = options->terminal;
	output->columns = columns;
	while (columns[output->column_count].name)
		output->column_count++;
	output->cells = mem_new(output->column_count, sizeof *output->cells);
	TRY(choose_columns(output, options));
	if (output->format->begin)
		output->format->begin(output);
	*result = output;
	output = NULL;
	return NULL;
}

static void add_cell(struct output *output, struct cell cell)
{
	assert(output->cell_count < output->column_count);
	if (output->columns[output->cell_count].type == COLUMN_JSON && cell.kind == CELL_TEXT)
		cell.kind = CELL_JSON;
	output->cells[output->cell_count++] = cell;
}

void output_text(struct output *output, const char *text, size_t size)
{
	add_cell(output, (struct cell){.kind = text ? CELL_TEXT : CELL_NULL, .text = text, .size = size});
}

void output_string(struct output *output, const char *text)
{
	output_text(output, text, text ? strlen(text) : 0);
}

void output_integer(struct output *output, int64_t value)
{
	add_cell(output, (struct cell){.kind = CELL_INTEGER, .integer = value});
}

void output_boolean(struct output *output, bool value)
{
	add_cell(output, (struct cell){.kind = CELL_BOOLEAN, .integer = value});
}

void output_time(struct output *output, int64_t seconds)
{
	add_cell(output, (struct cell){.kind = CELL_TIME, .integer = seconds});
}

void output_time_known(struct output *output, int64_t seconds)
{
	if (seconds)
		output_time(output, seconds);
	else
		output_null(output);
}

void output_texts(struct output *output, const char *const *texts, size_t count)
{
	add_cell(output, (struct cell){.kind = CELL_TEXTS, .texts = texts, .size = count});
}

void output_null(struct output *output)
{
	add_cell(output, (struct cell){.kind = CELL_NULL});
}

bool output_wants(const struct output *output, const char *column)
{
	for (size_t i = 0; i < output->chosen_count; i++)
		if (!strcmp(chosen_column(output, i)->name, column))
			return true;
	return false;
}

fallible output_write_error(int errnum)
{
	if (errnum == EPIPE)
		return error_new(ERR_PIPE, "the reader of the output went away");
	if (errnum == EINTR)
		TRY(cancel_check());
	struct error *error = error_new(ERR_FAILED, "cannot write to standard output: %s", strerrordesc_np(errnum));
	return errnum == EBADF ? error_hint(error, "standard output is closed; send it to a file or to /dev/null")
			       : error;
}

fallible output_row(struct output *output)
{
	assert(output->cell_count == output->column_count);
	assert(output->shape == SHAPE_LIST || output->rows == 0);
	output->format->row(output);
	output->rows++;
	output->cell_count = 0;
	return sink_check(&output->sink);
}

fallible output_close(struct output *output)
{
	assert(output->shape == SHAPE_LIST || output->rows == 1);
	if (output->format->end)
		output->format->end(output);
	output_let_go(output->source);
	sink_end(&output->sink);
	return sink_check(&output->sink);
}

void output_free(struct output *output)
{
	if (!output)
		return;
	if (output->format->release)
		output->format->release(output);
	sink_release(&output->sink);
	free(output->cells);
	free(output->chosen);
	free(output);
}
