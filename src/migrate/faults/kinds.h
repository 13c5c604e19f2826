/* The kinds of faults, one a file of this folder; their order is in migrate/faults.c. */
#ifndef MIGRATE_FAULTS_KINDS_H
#define MIGRATE_FAULTS_KINDS_H

#include "migrate/faults.h"

extern const struct fault_kind fault_two_revisions, fault_scratch_table;

#endif
