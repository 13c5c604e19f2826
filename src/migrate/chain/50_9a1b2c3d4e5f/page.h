/* A page of chats whose current message is looked for. */
#ifndef MIGRATE_CHAIN_CURRENT_PAGE_H
#define MIGRATE_CHAIN_CURRENT_PAGE_H

#include "current.h"
#include "db/db.h"

#define PAGE 150

struct page {
	struct chat chats[PAGE]; /* with what each names */
	size_t count;
	const char *also; /* current_find */
};

/* The chat of an id, or NULL. */
struct chat *page_find(struct page *page, const char *id);

/* Calls `read` with the JSON of every chat of the page that has no current message so far, one after the other as they
 * come: by one statement for all, and one more for each that is too large to come with its row. */
typedef void chat_reader(struct chat *chat, const char *text, size_t size);
fallible page_read_json(struct page *page, struct db *db, chat_reader *read) MUST_CHECK;

/* Sets `current` of every chat that has one. */
fallible page_resolve(struct page *page, struct db *db) MUST_CHECK;

#endif
