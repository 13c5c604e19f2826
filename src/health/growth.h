/* How an installation has grown, by what its database says: for `health ready --users` and for the page of --report.
 * It reads whole tables, and is only looked at where health_options.growth asks for it. */
#ifndef HEALTH_GROWTH_H
#define HEALTH_GROWTH_H

#include <stdint.h>

#include "health/sight.h"

#define GROWTH_MONTHS 12

struct growth_month {
	char month[8]; /* "2026-11" */
	int64_t accounts, chats, files; /* made in it, and still there */
	int64_t file_bytes;	       /* of those files, as their rows have it */
};

struct growth_sight {
	struct sight sight;
	struct growth_month months[GROWTH_MONTHS]; /* the oldest first; the last one is the present, and not over */
	int64_t accounts, chats;   /* all that there are */
	int64_t database_bytes;	   /* -1: not known */
	int64_t days;		   /* that the next ones are of: the last 30, or what it has lived; >= 1 */
	int64_t active_accounts;   /* that were seen in them */
	int64_t chat_bytes;	   /* as stored, of the chats and messages that were begun in them */
	int64_t file_bytes;	   /* of the files that were uploaded in them */
};

#endif
