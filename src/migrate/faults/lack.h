/* Tables and columns of recorded revisions that are not there. */
#ifndef MIGRATE_FAULTS_LACK_H
#define MIGRATE_FAULTS_LACK_H

#include "migrate/faults/trace.h"

/* The revision up to which there is anything at all of what the chain makes: `recorded`, or an earlier one if of all
 * after it every table, column and index is missing, and a table or a column among them. */
int lack_reached(const struct trace *trace, int recorded);

/* Adds the missing tables and columns of one revision; of a missing table only that. What nothing uses any more (old
 * tables that upstream has left behind) may be missing. True if there is nothing else of it: `names` has all. */
bool lack_names(const struct trace *trace, int ordinal, struct strings *names);

#endif
