/* Files of NAME=VALUE lines, as `docker --env-file`, Compose and python-dotenv read them (Open WebUI loads its .env
 * with the latter): comments, "export ", 'single' and "double" quotes with escapes and line ends inside, comments after
 * blanks behind a bare value, CRLF, a byte order mark. A name without "=" is what the environment has: passed over. */
#ifndef SETTINGS_ENVFILE_H
#define SETTINGS_ENVFILE_H

#include <stddef.h>

#include "base/error.h"

struct env_line {
	char *name, *value;
	unsigned line; /* where it begins, from 1 */
};

struct env_file {
	struct env_line *lines;
	size_t count, room;
};

#define ENVFILE_LIMIT ((size_t)1024 * 1024)

/* ERR_SETTINGS "PATH:LINE: ...", never with the value. At most ENVFILE_LIMIT bytes. */
fallible envfile_read(const char *path, struct env_file *file) MUST_CHECK;
fallible envfile_parse(const char *path, const char *text, size_t size, struct env_file *file) MUST_CHECK;

/* Puts values in the place of ${NAME} and ${NAME:-default}, whatever the quotes, as python-dotenv does: the
 * environment's, else that of the last line before, else the default or nothing. What was put in is not looked at
 * again; a $NAME without braces stays, and so does a backslash in front. (`docker run --env-file` would pass all of it
 * on as it is.) ERR_SETTINGS "PATH:LINE: ..." when what comes of it is more than ENVFILE_LIMIT bytes in all: lines may
 * double each other. After an error the file is only to be cleaned up. */
fallible envfile_expand(const char *path, struct env_file *file, char *const *environment) MUST_CHECK;

void env_file_cleanup(struct env_file *file);

#endif
