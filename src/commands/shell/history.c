#include "commands/shell/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#define MOST_LINES 2000
#define LARGEST ((size_t)4 << 20)

/* The one that is open; NULL: nothing is kept on the disk. */
static char *path;

/* A name of ours for every title: that of a profile as it is, else what it says with nothing else than letters. */
static char *path_of(const char *title)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	AUTO(memory) char *name = text_copy(title);
	for (char *at = name; *at; at++)
		if (*at == '/' || (at == name && *at == '.'))
			*at = '_';
	if (state && *state == '/')
		return text_format("%s/owctl/history/%s", state, name);
	return home && *home == '/' ? text_format("%s/.local/state/owctl/history/%s", home, name) : NULL;
}

static fallible read_lines(void)
{
	AUTO(str) struct str text = {0};
	if (!file_exists(path))
		return NULL;
	TRY(file_read(path, LARGEST, &text));
	for (char *at = text.data, *end; at && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		if (*at && utf8_valid(at, strlen(at)))
			add_history(at);
	}
	return NULL;
}

/* What has become too long is written anew with its last lines. */
static fallible cut(void)
{
	AUTO(str) struct str text = {0};
	if (history_length < MOST_LINES * 2)
		return NULL;
	for (int i = history_length - MOST_LINES; i < history_length; i++)
		str_add_format(&text, "%s\n", history_get(history_base + i)->line);
	return file_replace(path, str_text(&text), text.size);
}

/* HOME may be that of somebody else, as with `sudo -E`: what is there is not followed, read or added to. */
static fallible check_own(void)
{
	struct stat found;
	if (lstat(path, &found) || (S_ISREG(found.st_mode) && found.st_uid == geteuid()))
		return NULL;
	return error_new(ERR_PERMISSION, "%s is no file of this user", path);
}

static fallible open_history(void)
{
	AUTO(memory) char *folder = file_folder(path);
	TRY(folder_make(folder));
	TRY(check_own());
	TRY(read_lines());
	return cut();
}

static void give_up(struct error *error)
{
	if (!error)
		return;
	log_warning_error(error_wrap(error, "the history of this shell is not kept"));
	free(path);
	path = NULL;
}

void history_enter(const struct shell *shell)
{
	clear_history();
	free(path);
	path = path_of(shell->title);
	if (path)
		give_up(open_history());
	stifle_history(MOST_LINES);
}

static fallible append(const char *line)
{
	AUTO(memory) char *text = text_format("%s\n", line);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_system(errno, "cannot open %s", path);
	struct error *error = file_append(fd, text, strlen(text));
	close(fd);
	return error_wrap(error, "%s", path);
}

void history_keep(const char *line)
{
	HIST_ENTRY *before = history_length ? history_get(history_base + history_length - 1) : NULL;
	if (!*line || *line == ' ' || strchr(line, '\n') || shell_line_has_secret(line))
		return;
	if (before && !strcmp(before->line, line))
		return;
	add_history(line);
	if (path)
		give_up(append(line));
}

void history_add_text(struct str *out)
{
	for (int i = 0; i < history_length; i++) {
		AUTO(memory) char *line = utf8_safe_copy(history_get(history_base + i)->line); /* may be pasted */
		str_add_format(out, "%5d  %s\n", i + 1, line);
	}
}
