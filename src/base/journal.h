/* Messages on their way into systemd's journal, which reads standard error of a service line by line.
 *
 * A line there begins with its priority, "<4>", as sd-daemon(3) has it: so `journalctl -p warning` finds warnings, and
 * errors are red. The journal takes that off again, and what is left is the line that a terminal or a file gets. Fields
 * of owctl's own would need the journal's datagrams (systemd.io/JOURNAL_NATIVE_PROTOCOL). These come with nothing but a
 * process id, and the journal looks up the unit of it when it gets to them: of a process that has ended by then, as
 * owctl has right behind its error, it does not know the unit any more, and `journalctl -u` hides the one line that the
 * operator looks for (tried with systemd 252 and a journal that was stopped meanwhile: 40 of 40 were hidden, and of a
 * stream none). A stream belongs to its unit whenever it is read. And the journal has fields of its own for what is to
 * be put together: all lines of a run are found by its invocation, which is its run id (base/run_id.h), and how it
 * ended is in the manager's own line (EXIT_STATUS). */
#ifndef BASE_JOURNAL_H
#define BASE_JOURNAL_H

#include <stdbool.h>

/* Whether what is written to `fd` goes into the journal, by JOURNAL_STREAM of systemd.exec(5), which names the device
 * and inode of the stream: it may have been redirected since. */
bool journal_reads(int fd);

#endif
