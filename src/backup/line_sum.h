/* The sum over the lines of a table: docs/backup-format.md, "NAME.tables.zst". It tells an accident, not a forger: for
 * him there are the hashes of the members. */
#ifndef BACKUP_LINE_SUM_H
#define BACKUP_LINE_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_sum {
	uint64_t lines, sum;
};

/* Whole lines only. */
void line_sum_add(struct line_sum *sum, const char *lines, size_t size);

/* The same without the fields whose `left_out` is set; there are as many as a line has fields. */
void line_sum_add_some(struct line_sum *sum, const char *lines, size_t size, const bool *left_out, size_t fields);

#endif
