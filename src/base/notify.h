/* Word to systemd of a run that takes long, by the protocol of sd_notify(3): datagrams of lines NAME=VALUE to the
 * socket that NOTIFY_SOCKET names, a path or, behind "@", an abstract name. Where there is none, nothing is done, so
 * that a unit may be Type=notify, oneshot or exec, and cron and shells see no difference.
 *
 *   READY=1       the command line was understood, and the work begins
 *   STATUS=..     what is being done, and how far it is (base/progress.h): `systemctl status` shows it; in the end why
 *                 it failed. Like a log line it has no secret
 *   WATCHDOG=1    the work goes on, where WatchdogSec= wants to know that. It is said by whoever has just done a piece
 *                 of it (bytes, rows, objects, steps of a statement), and never by a thread or a timer of its own:
 *                 these would go on beside a disk that hangs
 *   STOPPING=1    the run is at its end
 *
 * It is own code and not libsystemd: these are some 60 lines of a protocol that its manual declares stable and open to
 * anybody's own code, against 0.8 MB of library that brings libgcrypt, liblzma, liblz4 and libcap into each process,
 * also where there is no systemd, as in containers. A datagram that does not get through is left out: the next one
 * says more. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdbool.h>

/* Once, in main, before there are threads: takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment,
 * as no child is to speak for this process. */
void notify_begin(void);

/* The texts are what the status then is: one line, and longer ones are cut off. */
void notify_ready(const char *doing);
void notify_status(const char *text);
void notify_end(const char *how);
/* Whether it is time for another: at most one a second, and only one of several threads is told so. */
bool notify_wants_status(void);

/* A piece of work was done. From any thread, and cheap: what it is called for may be a row. */
void notify_alive(void);

#endif
