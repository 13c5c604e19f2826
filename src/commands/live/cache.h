/* Values that were asked for, between processes and between one line and the next.
 *
 * They are kept in $XDG_RUNTIME_DIR/owctl, which is in memory, this login's own, and gone after it: addresses of people
 * do not stay on a disk. Where there is no such folder nothing is kept. */
#ifndef COMMANDS_LIVE_CACHE_H
#define COMMANDS_LIVE_CACHE_H

#include "commands/live/live.h"

/* Where values of `kind` of what has this identity are kept, to be freed; NULL: nowhere. */
char *live_cache_path(const struct live_kind *kind, const char *identity) MUST_CHECK;

/* The values at `path` that begin with the prefix, and for how many ms they were there; false: they are not kept. */
bool live_cache_read(const char *path, const char *prefix, struct live_values *values, int64_t *age_ms);
/* As far as that is possible. */
void live_cache_write(const char *path, const char *prefix, const struct live_values *values);

/* ---- a message in a pipe: its size as a decimal, a newline, and so many bytes of text: "kept" or "new", "partial" or
 * "whole", the prefix, and the words, a line each. In a file the same text stands alone. ---- */

void live_message_add(struct str *out, bool kept, const char *prefix, const struct live_values *values);
bool live_message_is_whole(const struct str *text, size_t from);
/* Takes the one at `*from`, which is whole, in the place of what `values` has. Whether a newer one may follow. */
bool live_message_take(const struct str *text, size_t *from, struct live_values *values);

#endif
