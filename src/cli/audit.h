/* The record of changes: one JSON line a change, in --audit-log FILE or else in the system's journal (syslog(3),
 * facility authpriv). A container has none: then a warning says that there is no record. The file is a regular one, or
 * /dev/stderr for what collects a container's messages, or /dev/null for no record. Who, from where, which
 * installation, what; never a secret.
 *
 *   {"time":"2026-11-24T10:49:41Z","run":"..","host":"..","user":"root","uid":0,"for":"alice","terminal":"/dev/pts/0",
 *    "pid":1,"command":"user passwd","installation":"..","outcome":"made","details":{..}}
 *
 * The outcome is "unknown" where the connection was lost while committing. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include <jansson.h>

#include "cli/context.h"

/* Makes sure, before anything is changed, that the record can be written: the file is there afterwards, but for a dry
 * run, and is not the env file or the one of profiles. ERR_PERMISSION or ERR_FAILED else. */
fallible audit_prepare(const struct context *context) MUST_CHECK;

/* ERR_FAILED when the audit log is `file` (NULL: none; "-": standard input), which the command reads: a record would
 * spoil it. */
fallible audit_not_read(const struct context *context, const char *file) MUST_CHECK;

/* ERR_FAILED when the audit log is `file` itself, which is about to be changed, or one that SQLite keeps beside it.
 * NULL: no file is. */
fallible audit_keep_apart(const struct context *context, const char *file) MUST_CHECK;

/* Writes the record, with `details` (NULL: none) in it. The change is done already (or, by context->change, may be), so
 * the command goes on to print what came of it; that the log which was asked for could not be written stays in
 * context->unrecorded, and is the command's exit status unless something worse happened. */
void audit_record(struct context *context, const char *installation, const json_t *details);

/* A text of the record, NULL as null. Names and addresses come from a database that may hold anything: unsafe
 * characters and bytes that are not UTF-8 are escaped (utf8_add_safe). */
json_t *audit_text(const char *text) MUST_CHECK;

#endif
