/* One line, whatever it is. */
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "commands/shell/shell.h"

/* `\watch` alone is about the line before. */
static fallible take_last(const struct shell *shell, struct shell_line *line)
{
	int64_t every_ms = line->every_ms;
	if (!shell->last)
		return error_hint(error_new(ERR_USAGE, "there is no line before it that \\watch could repeat"),
				  "user list \\watch 2");
	shell_line_cleanup(line);
	TRY(shell_line_read(shell->last, line));
	line->watch = true;
	line->every_ms = every_ms;
	return NULL;
}

static void remember(struct shell *shell, const char *text)
{
	char *copy = text_copy(text);
	free(shell->last);
	shell->last = copy;
}

/* A habit from outside: the name of the program. */
static void drop_own_name(struct strings *words)
{
	if (words->count < 2 || strcmp(words->items[0], "owctl") != 0)
		return;
	free(words->items[0]);
	memmove(words->items, words->items + 1, words->count * sizeof *words->items);
	words->count--;
}

static fallible obey(struct shell *shell, const char *text)
{
	AUTO(shell_line) struct shell_line line = {0};
	TRY(shell_line_read(text, &line));
	bool again = line.watch && !line.words.count && !line.program;
	if (again)
		TRY(take_last(shell, &line));
	drop_own_name(&line.words);
	const struct shell_builtin *builtin = line.words.count ? shell_builtin_find(line.words.items[0]) : NULL;
	if (builtin && !line.filter && !line.watch)
		return builtin->run(shell, &line.words);
	if (!line.words.count && !line.program)
		return NULL;
	if (!again && !line.watch)
		remember(shell, text);
	return line.watch ? shell_watch(shell, &line) : shell_execute(shell, &line);
}

void shell_tell(struct shell *shell, struct error *error)
{
	if (!error)
		return;
	shell->status = (int)error->code;
	log_error(error, text_equal(shell->globals->format, "json"));
	error_free(error);
}

void shell_obey(struct shell *shell, const char *text)
{
	shell_tell(shell, obey(shell, text));
}
