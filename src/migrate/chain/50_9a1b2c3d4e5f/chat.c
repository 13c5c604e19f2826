#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "current.h"

/* Where a chat's JSON names the current message, the best place first. */
enum place { HISTORY_CURRENT, CHAT_CURRENT, BRANCH_POINT, PLACES, NO_PLACE };

struct reading {
	struct str named[PLACES]; /* JSON strings as they stand; empty: none */
	struct str inner;         /* a document that is a string: the chat's JSON is inside of it */
	enum place place;         /* of the value that comes next */
};

void chat_cleanup(struct chat *chat)
{
	free(chat->id);
	free(chat->current);
	strings_cleanup(&chat->named);
	*chat = (struct chat){0};
}

static bool is(const char *key, size_t size, const char *name)
{
	return size == strlen(name) && !memcmp(key, name, size);
}

static enum json_wish wish(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	struct reading *reading = state;
	reading->place = NO_PLACE;
	if (depth == 0)
		return kind == JSON_KIND_OBJECT ? JSON_ENTER : kind == JSON_KIND_STRING ? JSON_TAKE : JSON_SKIP;
	if (depth == 1 && is(key, size, "history")) {
		str_clear(&reading->named[HISTORY_CURRENT]); /* of a key that stands twice the last one counts */
		return kind == JSON_KIND_OBJECT ? JSON_ENTER : JSON_SKIP;
	}
	if (is(key, size, "currentId"))
		reading->place = depth == 1 ? CHAT_CURRENT : HISTORY_CURRENT;
	else if (depth == 1 && is(key, size, "branchPointMessageId"))
		reading->place = BRANCH_POINT;
	if (reading->place == NO_PLACE)
		return JSON_SKIP;
	str_clear(&reading->named[reading->place]);
	return kind == JSON_KIND_STRING ? JSON_TAKE : JSON_SKIP;
}

static fallible value(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	struct reading *reading = state;
	(void)kind;
	str_add_n(depth ? &reading->named[reading->place] : &reading->inner, text, size);
	return NULL;
}

/* What is no JSON names nothing, as with upstream. */
static void scan(struct reading *reading, const char *text, size_t size)
{
	static const struct json_scan_caller caller = {.wish = wish, .value = value};
	struct error *error = json_scan_text(&caller, reading, text, size);
	if (!error)
		return;
	for (int place = 0; place < PLACES; place++)
		str_clear(&reading->named[place]);
	error_ignore(error);
}

static void add_named(struct chat *chat, const struct str *string)
{
	AUTO(str) struct str id = {0};
	if (!string->size)
		return;
	json_add_decoded(&id, string->data + 1, string->size - 2);
	if (!message_id_fits(str_text(&id), id.size))
		return;
	const char *named = chat_message_id(chat, str_text(&id));
	if (*named && !strings_have(&chat->named, named))
		strings_add(&chat->named, named);
}

void chat_read_named(struct chat *chat, const char *text, size_t size)
{
	struct reading reading = {0};
	AUTO(str) struct str decoded = {0};
	scan(&reading, text, size);
	if (reading.inner.size) {
		json_add_decoded(&decoded, reading.inner.data + 1, reading.inner.size - 2);
		scan(&reading, str_text(&decoded), decoded.size);
	}
	for (int place = 0; place < PLACES; place++) {
		add_named(chat, &reading.named[place]);
		str_cleanup(&reading.named[place]);
	}
	str_cleanup(&reading.inner);
}

const char *chat_message_id(const struct chat *chat, const char *id)
{
	size_t size = strlen(chat->id);
	return text_starts(id, chat->id) && id[size] == '-' ? id + size + 1 : id;
}
