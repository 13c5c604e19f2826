/* What `owctl health watch` has: the last look, and one that is under way by a thread of its own, so that keys are
 * answered meanwhile. */
#ifndef COMMANDS_HEALTH_WATCHING_H
#define COMMANDS_HEALTH_WATCHING_H

#include "health/result.h"
#include "health/run.h"
#include "health/scene.h"

/* What one look has found. */
struct look_found {
	struct scene scene;
	struct results results;
	struct error *error; /* it could not look at all */
};
void look_found_cleanup(struct look_found *found);

struct watching;
/* `settings` are used by the thread of a look alone as long as there is a watching. */
struct watching *watching_new(struct settings *settings, const struct health_options *options, int64_t interval_s);
void watching_free(struct watching *watching); /* waits for the look that is under way; NULL is fine */
static inline void watching_cleanup(struct watching **watching)
{
	watching_free(*watching);
}

/* Begins a look if one is due and none is under way, and takes over one that has ended: true, and *found is what it has
 * found, *before what the one before it had (NULL: it is the first one). Borrowed until the next one ends. */
bool watching_turn(struct watching *watching, const struct look_found **found, const struct look_found **before);
void watching_hurry(struct watching *watching); /* the next one is due now */
bool watching_is_looking(const struct watching *watching);
int64_t watching_next_s(const struct watching *watching); /* until the next one begins */

/* One thing that was found, in the order that is asked for. */
struct watched {
	const struct check *check;
	const struct trouble *trouble; /* NULL: the check could not find out; its result says why */
	const struct result *result;
};
enum watch_order { WATCH_BY_SEVERITY, WATCH_BY_SUBJECT, WATCH_BY_CODE, WATCH_ORDERS };
extern const char *const watch_order_names[WATCH_ORDERS];
/* To be freed. */
struct watched *watched_list(const struct results *results, enum watch_order order, size_t *count);

/* The screen: what is to be shown, line by line, and which line is marked (-1: none). */
struct watch_view {
	const struct look_found *found; /* NULL: nothing yet */
	struct watched *list;
	size_t count, selected;
	enum watch_order order;
	bool opened; /* the page of the selected one is shown */
	bool looking;
	int64_t next_s;
};
int64_t watch_add_screen(struct str *out, const struct watch_view *view, size_t lines, size_t columns);

/* What is different from one look to the next, a line each, with its time; `before` NULL: all that was found. */
void watch_add_changes(struct str *out, const struct look_found *before, const struct look_found *now);

#endif
