/* What verify.c and verify_objects.c share. */
#ifndef BACKUP_VERIFY_OBJECTS_H
#define BACKUP_VERIFY_OBJECTS_H

#include "backup/verify.h"

fallible verify_tell(struct verify_faults *faults, const char *object, const char *what) MUST_CHECK;

/* Damage is told; what keeps from looking is an error. */
fallible verify_fault_of(struct verify_faults *faults, const char *object, struct error *error) MUST_CHECK;

/* Whether the pack is one that is read. */
bool verify_reads(const struct verifier *verifier, const char *pack);

#endif
