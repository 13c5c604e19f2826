/* Talk goes to stderr, one line a message, never data. Text is made safe for a terminal, and its middle left out where
 * it is longer than LOG_LONGEST bytes. As people read it:
 * `owctl: message`; with --log-format json one object a line: {"time","run","level","message"}, with the id of
 * base/run_id.h. Lines that systemd's journal gets begin with their priority besides (base/journal.h). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/attributes.h"
#include "base/error.h"

#define LOG_LONGEST 1600

enum log_level { LOG_QUIET_ONLY_ERRORS = 0, LOG_NORMAL = 1, LOG_VERBOSE = 2, LOG_DEBUGGING = 3 };

void log_setup(enum log_level level, bool json);
bool log_is_quiet(void); /* notes are not shown */
void log_note(const char *format, ...) PRINTF(1, 2);    /* level normal: what was done, what is being waited for */
void log_detail(const char *format, ...) PRINTF(1, 2);  /* with -v */
void log_debug(const char *format, ...) PRINTF(1, 2);   /* with -vv */
void log_warning(const char *format, ...) PRINTF(1, 2); /* always */

/* Tells what went wrong where the work goes on; frees `error`. NULL: nothing to tell. */
void log_warning_error(struct error *error);
/* Of two things that went wrong: `first` is returned, `next` told as a warning. Either may be NULL. */
fallible error_first(struct error *first, struct error *next) MUST_CHECK;

/* One line of a terminal that is written over by the next one, by any message, and taken away by NULL. Only where
 * log_has_line: standard error is a terminal, and notes are shown on it as text. */
void log_line(const char *text);
bool log_has_line(void);

/* `owctl: what failed: why` and `hint: what to do`; as an object {"error":{code,status,message,run,hint}} with
 * `json`. */
void log_error(const struct error *error, bool json);

#endif
