/* Which message of a chat is the current one: what the chat's JSON names, where there is such a message; else the
 * newest of those that nothing answers to. Ids are those of the JSON, without the chat's id that chat_message puts
 * before. */
#ifndef MIGRATE_CHAIN_CURRENT_H
#define MIGRATE_CHAIN_CURRENT_H

#include "base/error.h"
#include "base/str.h"

struct db;
struct work;

/* Adds the column chat.current_message_id where it is not there yet. */
fallible current_add_column(struct db *db) MUST_CHECK;

/* A pass that fills it. `also` is what the same statement sets for every chat besides: ", column = value"; or "". */
fallible current_find(struct work *work, const char *also) MUST_CHECK;

/* Fills it for some chats, by their ids. */
fallible current_find_of(struct db *db, const struct strings *chats) MUST_CHECK;

struct chat {
	char *id;
	struct strings named; /* by the JSON, the best first */
	char *current;        /* NULL: not found so far */
};
void chat_cleanup(struct chat *chat);

/* Sets chat->named from the text of chat.chat. One that is no JSON, or none of a chat, names nothing. */
void chat_read_named(struct chat *chat, const char *text, size_t size);

/* Whether a database holds such an id: no text of PostgreSQL has a NUL in it, and none of any half a surrogate pair. */
bool message_id_fits(const char *id, size_t size);

/* The id that `id` of a row of chat_message has in the JSON; borrowed from it. */
const char *chat_message_id(const struct chat *chat, const char *id);

/* Messages as both places tell them; a chat may have a million. */
struct message {
	size_t id, parent; /* places in `texts`; parent: 0 if there is none */
	double created_at;
};
struct messages {
	struct message *items;
	size_t count, room;
	struct str texts;
};
void messages_add(struct messages *messages, const char *id, const char *parent, double created_at);
void messages_cleanup(struct messages *messages);

/* The id of a message, by its number; borrowed until another one is added. */
const char *messages_id(const struct messages *messages, size_t number);

/* The newest message that no other one has for its parent; the newest at all, if each is some other's parent. Of
 * several the first. NULL if there are none; borrowed. */
const char *messages_leaf(const struct messages *messages);

/* Those in the text of chat.chat: history.messages, else the list `messages`. */
void chat_read_messages(const char *text, size_t size, struct messages *messages);

#endif
