/* Lines from a file, or from standard input. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/shell/shell.h"

struct script {
	const char *name;
	FILE *file;
	char *buffer;
	size_t room, number; /* of the line that was read last */
};
static void script_cleanup(struct script *script)
{
	if (script->file)
		fclose(script->file);
	free(script->buffer);
}

static fallible read_piece(struct script *script, struct str *line, bool *more, bool *there)
{
	errno = 0;
	ssize_t size = getline(&script->buffer, &script->room, script->file);
	*more = false;
	if (size < 0) {
		int failed = errno;
		TRY(cancel_check());
		return ferror(script->file) ? error_system(failed, "cannot read %s", script->name) : NULL;
	}
	*there = true;
	script->number++;
	if (memchr(script->buffer, '\0', (size_t)size))
		return error_new(ERR_INPUT, "line %zu of %s has a NUL in it", script->number, script->name);
	while (size && strchr("\r\n", script->buffer[size - 1]))
		size--;
	*more = size && script->buffer[size - 1] == '\\';
	str_add_n(line, script->buffer, (size_t)(*more ? size - 1 : size));
	return NULL;
}

/* A backslash at the end of a line joins the next one to it. False at the end. */
static fallible read_line(struct script *script, struct str *line, bool *there)
{
	bool more = true;
	str_clear(line);
	*there = false;
	while (more)
		TRY(read_piece(script, line, &more, there));
	return NULL;
}

static void echo(const char *line)
{
	if (*line)
		log_note("%s", line);
}

/* Whoever runs it again has to know where it got to. */
static fallible check_signal(const struct shell *shell, const struct script *script)
{
	if (!cancel_requested())
		return NULL;
	return error_new(ERR_INTERRUPTED, "interrupted %s line %zu of %s", shell->status ? "in" : "behind",
			 script->number, script->name);
}

static fallible run_lines(struct shell *shell, struct script *script, bool echoes, bool keep_going)
{
	AUTO(str) struct str line = {0};
	int worst = 0;
	for (bool there = true; !shell->over;) {
		TRY(read_line(script, &line, &there));
		if (!there)
			break;
		if (echoes)
			echo(str_text(&line));
		shell->status = 0;
		shell_obey(shell, str_text(&line));
		worst = worst ? worst : shell->status;
		TRY(check_signal(shell, script));
		if (shell->status && !keep_going) {
			log_warning("line %zu of %s failed with exit status %d, and ends it", script->number,
				    script->name, shell->status);
			return NULL;
		}
	}
	shell->status = worst;
	return NULL;
}

fallible shell_run_script(struct shell *shell, const char *path, bool echoes, bool keep_going)
{
	AUTO(script) struct script script = {.name = text_equal(path, "-") ? "standard input" : path};
	TRY(file_open(path, &script.file));
	return run_lines(shell, &script, echoes, keep_going);
}
