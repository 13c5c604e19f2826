/* A terminal that is drawn as a whole, and asked for keys: `owctl health watch`. Plain ANSI (ECMA-48): the alternate
 * screen, moving, clearing, reverse video. Whatever ends the command by its own way puts the terminal back as it was,
 * and so does Ctrl-Z for as long as the command is stopped. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct terminal;

/* Whether standard input and output are one that can do this. */
bool terminal_is_there(void);

fallible terminal_open(struct terminal **terminal) MUST_CHECK;
void terminal_close(struct terminal *terminal); /* NULL is fine */
static inline void terminal_cleanup(struct terminal **terminal)
{
	terminal_close(*terminal);
}

/* As it is now: it may have been made larger or smaller. */
void terminal_size(const struct terminal *terminal, size_t *lines, size_t *columns);

/* Keys beyond those that are a character. */
enum { KEY_NONE = 0, KEY_UP = 256, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_ENTER, KEY_ESCAPE, KEY_RESIZED, KEY_END };

/* Waits for one, for `ms` at most: KEY_NONE. KEY_RESIZED: the size is another one. KEY_END: the terminal went away. A
 * signal ends the wait as well. */
int terminal_key(struct terminal *terminal, int64_t ms);

/* Shows the lines of `text`, cut off at the size; `marked` (a line from 0 on; -1: none) in reverse video. All of it is
 * safe for a terminal already. */
fallible terminal_draw(struct terminal *terminal, const struct str *text, int64_t marked) MUST_CHECK;

#endif
