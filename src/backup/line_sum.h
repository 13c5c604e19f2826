/* The sum over the lines of a table: docs/backup-format.md, "NAME.tables.zst". It tells an accident, not a forger: for
 * him there are the hashes of the members. */
#ifndef BACKUP_LINE_SUM_H
#define BACKUP_LINE_SUM_H

#include <stddef.h>
#include <stdint.h>

struct line_sum {
	uint64_t lines, sum;
};

/* Adds another one to it. */
static inline void line_sum_join(struct line_sum *sum, const struct line_sum *other)
{
	sum->lines += other->lines;
	sum->sum += other->sum;
}

/* Whole lines only. */
void line_sum_add(struct line_sum *sum, const char *lines, size_t size);

/* How another engine writes the values of a column. */
enum field_form {
	FIELD_SAME,
	FIELD_NUMBER,    /* where it is a number, as that number: SQLite makes 2.5 of the JSON 2.50 */
	FIELD_OTHERWISE, /* it is left out */
};

/* The same for lines that two engines may have written; there are as many forms as a line has fields. */
void line_sum_add_forms(struct line_sum *sum, const char *lines, size_t size, const enum field_form *forms,
			size_t fields);

#endif
