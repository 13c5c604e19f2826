/* `LINE \watch SECONDS`. */
#include <stdio.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "cli/screen.h"
#include "commands/shell/interrupt.h"
#include "commands/shell/shell.h"

#define CLEAR "\033[H\033[2J"

static fallible write_heading(const struct shell *shell, const struct shell_line *line)
{
	AUTO(str) struct str text = {0};
	AUTO(memory) char *joined = strings_join(&line->words, " ");
	AUTO(memory) char *words = utf8_safe_copy(joined);
	char now[CLOCK_TEXT_SIZE];
	if (!clock_format(clock_now(), now))
		now[0] = '\0';
	str_add_format(&text, "%s%s  every %.1f s: %s\n\n", shell_has_screen(shell) ? CLEAR : "", now,
		       (double)line->every_ms / 1000, words);
	return screen_write(stdout, &text);
}

fallible shell_watch(struct shell *shell, const struct shell_line *line)
{
	for (;;) {
		TRY(write_heading(shell, line));
		TRY(shell_execute(shell, line));
		if (shell->status == ERR_INTERRUPTED || interrupt_taken())
			return NULL;
		if (interrupt_wait(line->every_ms))
			return cancel_check();
	}
}
