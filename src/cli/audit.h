/* The record of changes: one JSON line a change, in --audit-log FILE or else in the system's journal (syslog(3),
 * facility authpriv). Who, from where, which installation, what; never a secret.
 *
 *   {"time":"2026-11-24T10:49:41Z","host":"..","user":"root","uid":0,"for":"alice","terminal":"/dev/pts/0","pid":1,
 *    "command":"user passwd","installation":"..","details":{..}} */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include <jansson.h>

#include "cli/context.h"

/* Makes sure, before anything is changed, that the record can be written. ERR_PERMISSION or ERR_FAILED else. */
fallible audit_prepare(const struct context *context) MUST_CHECK;

/* Writes the record; takes over `details`. A failure is reported as a warning: the change is done already. */
void audit_record(const struct context *context, const char *installation, json_t *details);

#endif
