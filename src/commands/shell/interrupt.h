/* Ctrl-C in a shell: it is for the command that runs, and for the line that is being typed; the shell goes on. SIGTERM
 * and SIGHUP end it as they end all of owctl (base/cancel.h). */
#ifndef COMMANDS_SHELL_INTERRUPT_H
#define COMMANDS_SHELL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

void interrupt_install(void);
bool interrupt_taken(void);   /* whether there was one since the last time that this was asked */
bool interrupt_wait(int64_t ms); /* that long, or until one comes or all is to end: true. One that came is taken */
int interrupt_fd(void);	      /* readable when there is one, or the window has another size, until it is taken */
void interrupt_wake(void);    /* makes it readable, for a handler of other signals: who waits then looks */

#endif
