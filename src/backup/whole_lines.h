/* Pieces of lines as db_unload gives them, whose last line may go on in the next, passed on as whole lines. */
#ifndef BACKUP_WHOLE_LINES_H
#define BACKUP_WHOLE_LINES_H

#include "base/sink.h"
#include "base/str.h"

struct whole_lines {
	struct sink out;
	struct str line; /* of one that comes in several pieces, what has come */
};
static inline void whole_lines_cleanup(struct whole_lines *lines)
{
	str_cleanup(&lines->line);
}

struct sink whole_lines_sink(struct whole_lines *lines); /* borrows it */

#endif
