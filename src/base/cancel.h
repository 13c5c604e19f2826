/* SIGINT, SIGTERM and SIGHUP (a terminal that went away) ask the running command to stop. Whatever waits does so on
 * cancel_fd() as well, whatever loops asks cancel_requested(); both lead to ERR_INTERRUPTED within a second, leaving
 * the old or the new state. A second SIGINT ends the process at once, unless it is held. */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Between a commit and the word of what it did, who presses Ctrl-C twice must not lose that word. */
void cancel_hold(bool hold);
void cancel_install(void);    /* once, in main; also ignores SIGPIPE and SIGXFSZ, and lets children be waited for */
bool cancel_requested(void);  /* cheap, from any thread */
int cancel_fd(void);          /* becomes readable, and stays so, when cancelled; -1 before cancel_install */
fallible cancel_check(void) MUST_CHECK; /* ERR_INTERRUPTED once cancelled */
bool cancel_by_signal(void); /* and not by cancel_stop */
/* The same for all that waits, at the end of a time that the command has set itself; until it is taken back. */
void cancel_stop(bool stop);
void cancel_sleep(int64_t ms);          /* a pause that ends when cancelled; any signal may end it sooner */
fallible cancel_wait_readable(int fd) MUST_CHECK; /* until `fd` has data or is at its end; ERR_INTERRUPTED */
/* Until `fd` takes something (a pipe: PIPE_BUF bytes) or fails; false where it does not, and a signal has come. `deaf`:
 * one that came before is not meant; another one is. */
bool cancel_wait_writable(int fd, bool deaf);

#endif
