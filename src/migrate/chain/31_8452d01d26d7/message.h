/* The messages that a chat's JSON holds, as rows of chat_message. */
#ifndef MIGRATE_CHAIN_MESSAGE_H
#define MIGRATE_CHAIN_MESSAGE_H

#include <stdint.h>

#include "migrate/batch.h"
#include "migrate/work.h"

/* The columns of the table, in this order. */
enum {
	MESSAGE_ID, MESSAGE_CHAT_ID, MESSAGE_USER_ID, MESSAGE_ROLE, MESSAGE_PARENT_ID, MESSAGE_CONTENT, MESSAGE_OUTPUT,
	MESSAGE_MODEL_ID, MESSAGE_FILES, MESSAGE_SOURCES, MESSAGE_EMBEDS, MESSAGE_DONE, MESSAGE_STATUS_HISTORY,
	MESSAGE_ERROR, MESSAGE_USAGE, MESSAGE_CREATED_AT, MESSAGE_UPDATED_AT, MESSAGE_COLUMNS
};
extern const char *const message_columns[MESSAGE_COLUMNS];

struct chat_row {
	const char *id, *user_id;
	const char *text; /* of chat.chat */
	size_t size;
	int64_t now; /* seconds: for a message without a time that can be */
	bool takes_nul; /* the database, in a text */
	size_t *told; /* how many messages were left out, with a warning (migrate/told.h) */
};

/* Adds a row to the batch for each message of the chat. Of a key that stands twice the last value counts, in the
 * place of the first, as in Python. What is no JSON, or none of a chat, has none. A message whose id or role the
 * database can't hold stays in the JSON only, with a warning that names the chat, as upstream leaves it out; of another
 * text NULL is stored. */
void chat_row_add_messages(struct batch *batch, const struct chat_row *chat);

/* The messages of a page of chats. */
struct message_page {
	struct batch messages; /* of this table; the columns are set by message_pass */
	struct db *db;
	int64_t now; /* as in struct chat_row */
	size_t told; /* the same */
};

/* A pass over the chats that are no shared copies. `write` gets the page's messages; its state is `page`, which may be
 * the beginning of something larger. Frees the batch in the end. */
fallible message_pass(struct work *work, struct message_page *page, fallible (*write)(void *page, struct work *work))
	MUST_CHECK;

#endif
