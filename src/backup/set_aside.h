/* Rows of a snapshot that the database's engine does not take: named, counted, and kept in a file. */
#ifndef BACKUP_SET_ASIDE_H
#define BACKUP_SET_ASIDE_H

#include <stdio.h>

#include "backup/load_rows.h"

#define SET_ASIDE_NAMED 10

struct set_aside {
	const char *path; /* of a new file, 0600, made with the first of them; NULL: they are counted and named alone */
	FILE *file;
	const struct table *open; /* whose lines the file ends with so far; NULL: none */
	struct strings named;     /* the first SET_ASIDE_NAMED: "chat, id 0a1b: why" */
	uint64_t rows;
	bool keep; /* the file; else it goes with the cleanup */
};
void set_aside_cleanup(struct set_aside *aside);

/* A row, by its line with the newline. `table` lives on until the end. */
fallible set_aside_row(struct set_aside *aside, const struct table *table, const char *line, size_t size,
		       const char *why) MUST_CHECK;
/* All of them are on the disk, for `psql -f`: a COPY for each table, with its lines. */
fallible set_aside_end(struct set_aside *aside) MUST_CHECK;

/* Loads whole lines into a table; those that the engine refuses go to target->aside, and out of the sum of `loaded`. */
fallible lines_load_or_set_aside(const struct rows_target *target, const struct table *table, const char *lines,
				 size_t size, struct rows_loaded *loaded) MUST_CHECK;

#endif
