/* The figures of `owctl health ready --users`, as text and as rows. */
#ifndef COMMANDS_HEALTH_READY_CAPACITY_H
#define COMMANDS_HEALTH_READY_CAPACITY_H

#include "cli/output.h"
#include "health/capacity/capacity.h"

/* Of the rows of `ready`, behind those that a requirement has. */
#define CAPACITY_COLUMNS                                                                                       \
	{"name", COLUMN_TEXT, .nullable = true, .extra = true, .help = "of a figure: `database-connections`"}, \
	{"low", COLUMN_INTEGER, .nullable = true, .extra = true, .help = "so much is needed at least"},        \
	{"high", COLUMN_INTEGER, .nullable = true, .extra = true, .help = "and so much at the most"},          \
	{"unit", COLUMN_TEXT, .nullable = true, .extra = true,                                                 \
	 .help = "of these: `bytes`, `bytes a month`; null: they are counted"},                                \
	{"present", COLUMN_INTEGER, .nullable = true, .extra = true, .help = "so much is there"},              \
	{"formula", COLUMN_TEXT, .nullable = true, .extra = true, .help = "with its numbers"},                 \
	{                                                                                                      \
		"source", COLUMN_TEXT, .nullable = true, .extra = true,                                        \
			.help = "of these numbers: measured, a setting, upstream's, assumed"                   \
	}

void capacity_skip_cells(struct output *output); /* of a row that is no figure */
fallible capacity_print_rows(struct output *output, const struct capacity *capacity) MUST_CHECK;

/* Nothing where there are no figures. */
void capacity_add_text(struct str *out, const struct capacity *capacity, size_t width);

#endif
