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

/* Sets `current` of every chat that has one. */
fallible page_resolve(struct page *page, struct db *db) MUST_CHECK;

#endif
