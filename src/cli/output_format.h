/* What the four forms of output share: the row's cells, and a buffer in front of the stream. Only for output*.c. */
#ifndef CLI_OUTPUT_FORMAT_H
#define CLI_OUTPUT_FORMAT_H

#include "cli/output.h"

struct cell {
	enum { CELL_NULL, CELL_TEXT, CELL_INTEGER, CELL_BOOLEAN, CELL_TIME, CELL_TEXTS, CELL_JSON } kind;
	const char *text;
	size_t size; /* of text, or count of texts */
	int64_t integer;
	const char *const *texts;
};

/* Bytes on their way to the stream, or first into a spool. The first error stays; what comes after it is dropped. */
#define SINK_SIZE 65536
struct sink {
	FILE *stream;
	int failed;          /* errno, or 0 */
	bool spool_failed;   /* it is the spool that did */
	bool held;           /* what is flushed goes into the spool until sink_end */
	bool signalled;      /* before it began; what came of that is told, and a further signal stops it */
	int spool;           /* -1: none yet */
	size_t used;
	char bytes[SINK_SIZE];
};
void sink_begin(struct sink *sink, FILE *stream, bool held);
void sink_flush(struct sink *sink);
void sink_end(struct sink *sink); /* everything is on the stream, or it failed */
void sink_release(struct sink *sink);
fallible sink_check(const struct sink *sink) MUST_CHECK; /* the error for what failed */
void sink_put_long(struct sink *sink, const char *bytes, size_t size);

struct format;
struct output {
	const struct format *format;
	void *state; /* of the format */
	enum output_shape shape;
	bool headings, quiet, terminal;
	const struct column *columns;
	size_t column_count, cell_count; /* cell_count: given so far in this row */
	struct cell *cells;              /* in the order of `columns` */
	size_t *chosen, chosen_count;    /* what is printed: positions in `columns` */
	const struct output_source *source; /* NULL: nobody waits for it */
	uint64_t rows;                   /* finished ones */
	struct sink sink;
};

/* `begin` and `end` come around the rows; `release` frees `state`. Any of these may be NULL. */
struct format {
	void (*begin)(struct output *output);
	void (*row)(struct output *output);
	void (*end)(struct output *output);
	void (*release)(struct output *output);
};
extern const struct format format_table, format_csv, format_json, format_yaml;

static inline const struct cell *chosen_cell(const struct output *output, size_t position)
{
	return &output->cells[output->chosen[position]];
}

static inline const struct column *chosen_column(const struct output *output, size_t position)
{
	return &output->columns[output->chosen[position]];
}

static inline void sink_put(struct sink *sink, const char *bytes, size_t size)
{
	if (size > SINK_SIZE - sink->used) {
		sink_put_long(sink, bytes, size);
		return;
	}
	__builtin_memcpy(sink->bytes + sink->used, bytes, size);
	sink->used += size;
}

static inline void sink_char(struct sink *sink, char c)
{
	if (sink->used == SINK_SIZE)
		sink_flush(sink);
	sink->bytes[sink->used++] = c;
}

/* A scalar cell that is neither null nor text as plain ASCII: "42", "yes", "2026-11-24T10:49:41Z". */
#define CELL_ASCII_SIZE 24
size_t cell_ascii(const struct cell *cell, char ascii[static CELL_ASCII_SIZE]);

/* A text inside double quotes in which everything but printable characters is escaped: valid in JSON and in YAML. */
void sink_quoted(struct sink *sink, const char *text, size_t size);

/* JSON text without blanks, with unsafe characters escaped; as a quoted text when it is not JSON after all. */
void sink_json(struct sink *sink, const char *text, size_t size);

#endif
