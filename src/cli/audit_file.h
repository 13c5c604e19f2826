/* The file of the audit record. Only for audit.c. */
#ifndef CLI_AUDIT_FILE_H
#define CLI_AUDIT_FILE_H

#include <stdbool.h>

#include "base/error.h"

/* Whether a line could be appended: to a regular file, which is made unless `dry_run`, to /dev/null, or to standard
 * error by the name /dev/stderr. ERR_FAILED or ERR_PERMISSION says why not. Nothing is waited for: not for the reader
 * of a pipe either. */
fallible audit_file_check(const char *path, bool dry_run) MUST_CHECK;

/* Appends `line` and a line end in one write: lines of several owctls at once do not mix. */
fallible audit_file_append(const char *path, const char *line) MUST_CHECK;

#endif
