/* Keys of the terminal in a shell. Ctrl-C is for the command that runs, and for the line that is being typed; the shell
 * goes on. Ctrl-Z stops the shell with its command, as it stops any program, and where nobody is there who could go on
 * with them (no job control above, as in a container) nothing. SIGTERM and SIGHUP end it as they end all of owctl
 * (base/cancel.h), and the command that runs before it. */
#ifndef COMMANDS_SHELL_INTERRUPT_H
#define COMMANDS_SHELL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

void interrupt_install(void);
bool interrupt_taken(void); /* whether there was a Ctrl-C since the last time that this was asked */
bool interrupt_wait(int64_t ms); /* that long, or until one comes or all is to end: true. One that came is taken */
/* Readable after a key, or when the window has another size, until interrupt_taken is asked. */
int interrupt_fd(void);

/* While a line is edited the terminal is set for it, so that Ctrl-Z waits until that was undone. */
void interrupt_hold_stop(bool hold);
bool interrupt_stop_wanted(void); /* whether there was one */
void interrupt_stop(void);	  /* does it; returns once it goes on */

#endif
