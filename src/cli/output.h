/* Data on stdout, in one of four forms, streamed row by row: memory does not grow with the number of rows.
 *
 *   table   for people: columns padded (widths from the first rows, 64 at most), unsafe characters escaped
 *   csv     RFC 4180, header line; for programs, so values are as they are, unless stdout is a terminal
 *   json    an array of objects (SHAPE_LIST) or one object (SHAPE_OBJECT); keys are the column names
 *   yaml    the same as YAML
 *
 * Times are RFC 3339 UTC everywhere; sizes are bytes. Bytes that are not UTF-8 become U+FFFD in json and yaml.
 * Every command publishes its columns: they are the contract that docs/schema and the man page show. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_YAML, OUTPUT_CSV };

enum output_shape {
	SHAPE_LIST,  /* any number of rows */
	SHAPE_OBJECT /* exactly one row; as a table: one line a column, "name  value" */
};

enum column_type {
	COLUMN_TEXT,
	COLUMN_INTEGER,
	COLUMN_BOOLEAN, /* table and csv: yes, no */
	COLUMN_TIME,    /* seconds since 1970 */
	COLUMN_TEXTS,   /* texts; joined by "," in a table, by ";" in csv, as `owctl user import` takes groups */
	COLUMN_JSON,    /* text that is JSON already, printed as such */
};

struct column {
	const char *name; /* lower case with underscores */
	enum column_type type;
	bool nullable;
	bool extra; /* not in a table unless asked for by --columns; in json, yaml and csv always */
	const char *help;
};

/* What the rows come from, where others may wait as long as it is being read: a database with an open transaction. */
struct output_source {
	void *state; /* NULL: nothing is open */
	bool (*keeps_others_waiting)(const void *state);
	void (*let_go)(void *state); /* nothing is read from it any more */
};

/* Lets go of it if others wait. For whoever is going to wait himself, for somebody who may take his time. */
void output_let_go(const struct output_source *source);

struct output_options {
	enum output_format format;
	const struct strings *columns; /* --columns: these, in this order; NULL or empty: all */
	const char *also;              /* an `extra` column that a table shows this time; NULL: none */
	bool no_headings;
	bool quiet;    /* a table without rows has no headings either: cron mails nothing */
	bool terminal; /* the stream is a terminal */
	/* Where others wait for it, no reader of the stream is waited for before output_close has let it go: what is
	 * written until then is kept in memory outside this process, however much it is. NULL: nothing is open. */
	const struct output_source *source;
};

struct output;

/* Checks the names in `options->columns` (ERR_USAGE naming the known ones), writes what comes before the rows, and
 * hands over the writer. `columns` ends with a NULL name and outlives the writer. `stream` stays the caller's. */
fallible output_open(FILE *stream, const struct column *columns, enum output_shape shape,
		     const struct output_options *options, struct output **output) MUST_CHECK;

/* The cells of a row in the order of `columns`, then output_row. Texts are borrowed until output_row returns. */
void output_text(struct output *output, const char *text, size_t size);
void output_string(struct output *output, const char *text); /* NULL is null */
void output_integer(struct output *output, int64_t value);
void output_boolean(struct output *output, bool value);
void output_time(struct output *output, int64_t seconds);
void output_time_known(struct output *output, int64_t seconds); /* 0 is null: nobody wrote it */
void output_texts(struct output *output, const char *const *texts, size_t count);
void output_null(struct output *output);
bool output_wants(const struct output *output, const char *column); /* it is going to be printed: spare a query else */

/* Ends the row. ERR_FAILED when stdout cannot be written to, ERR_PIPE when its reader has seen enough, ERR_INTERRUPTED
 * where a signal came while the reader was waited for. */
fallible output_row(struct output *output) MUST_CHECK;

/* Writes what comes after the rows, lets go of the source where others wait for it, and flushes. A full disk or closed
 * stdout is an error here. */
fallible output_close(struct output *output) MUST_CHECK;

/* The error for a failed write to stdout, wherever it was noticed. */
fallible output_write_error(int errnum) MUST_CHECK;

void output_free(struct output *output); /* also before or without output_close; NULL is fine */
static inline void output_cleanup(struct output **output)
{
	output_free(*output);
}

#endif
