/* Tables and columns of recorded revisions that are not there. */
#ifndef MIGRATE_FAULTS_LACK_H
#define MIGRATE_FAULTS_LACK_H

#include "migrate/faults/trace.h"

/* The revision up to which there is anything at all of what the chain makes: `recorded`, or an earlier one if of all
 * after it every table, column and index is missing, and a table or a column among them, and nothing was taken away. */
int lack_reached(const struct trace *trace, int recorded);

/* Adds the missing tables and columns of one revision; of a missing table only that. What nothing uses any more (old
 * tables that upstream has left behind) may be missing. True if there is nothing else of it: `names` has all. */
bool lack_names(const struct trace *trace, int ordinal, struct strings *names);

/* The tables among them, by their names. */
void lack_tables(const struct trace *trace, int ordinal, struct strings *tables);

/* What the revision takes away once it has moved its rows. Where something of it is gone, it can't move them again. */
enum lack_sources { SOURCES_NONE, SOURCES_THERE, SOURCES_GONE };
enum lack_sources lack_sources(const struct trace *trace, int ordinal);

#endif
