#include "message.h"

#include <math.h>
#include <string.h>

#include "base/json_text.h"
#include "migrate/python.h"
#include "migrate/told.h"
#include "scan.h"

const char *const message_columns[MESSAGE_COLUMNS] = {
	"id",	 "chat_id", "user_id", "role", "parent_id",	 "content", "output", "model_id",   "files",
	"sources", "embeds",  "done",    "status_history", "error", "usage",  "created_at", "updated_at"};

static bool is_nothing(const struct raw *raw)
{
	return !raw->text || raw->kind == JSON_KIND_NULL;
}

/* A string's text, or a number's or a word's as it stands; of neither, and of null, none. `decoded` has it. */
static struct db_value text_value(const struct raw *raw, struct str *decoded)
{
	if (is_nothing(raw) || raw->kind == JSON_KIND_OBJECT || raw->kind == JSON_KIND_ARRAY)
		return db_null();
	str_clear(decoded);
	if (raw->kind == JSON_KIND_STRING)
		json_add_decoded(decoded, raw->text + 1, raw->size - 2);
	else
		str_add_n(decoded, raw->text, raw->size);
	return db_text_n(str_text(decoded), decoded->size);
}

/* Half a surrogate pair is no text to any database; a NUL is none to PostgreSQL. */
static bool can_be_stored(const char *text, size_t size, bool takes_nul)
{
	for (size_t i = 0; i + 1 < size; i++)
		if ((unsigned char)text[i] == 0xed && (unsigned char)text[i + 1] >= 0xa0)
			return false;
	return takes_nul || !memchr(text, '\0', size);
}

static struct db_value storable(struct db_value value, bool takes_nul)
{
	return value.type != DB_TEXT || can_be_stored(value.text, value.size, takes_nul) ? value : db_null();
}

/* Open WebUI stores what is not there as JSON's null. */
static struct db_value json_value(const struct raw *raw)
{
	return raw->text ? db_text_n(raw->text, raw->size) : db_text("null");
}

static struct db_value done_value(const struct raw *raw)
{
	if (!raw->text)
		return db_boolean(true);
	if (raw->kind == JSON_KIND_NULL)
		return db_null();
	return db_boolean(raw->kind == JSON_KIND_TRUE || (raw->kind == JSON_KIND_NUMBER && *raw->text != '0'));
}

#define EARLIEST 1577836800 /* the beginning of 2020: what is before was no time */
#define DAY 86400

static int64_t time_of(const struct raw *raw, int64_t now)
{
	AUTO(str) struct str text = {0};
	double seconds;
	if (raw->kind == JSON_KIND_TRUE || text_value(raw, &text).type != DB_TEXT ||
	    !python_float(str_text(&text), &seconds))
		return now;
	if (seconds >= 10000000001.0)
		seconds = floor(seconds / 1000); /* milliseconds */
	return seconds < EARLIEST || seconds > (double)(now + DAY) ? now : (int64_t)seconds;
}

static bool has_role(const struct message *message)
{
	const struct raw *role = &message->fields[MESSAGE_ROLE];
	return role->text && (role->kind == JSON_KIND_STRING ? role->size > 2 : role->kind == JSON_KIND_NUMBER);
}

static void add_row(struct batch *batch, const struct chat_row *chat, const struct message *message)
{
	AUTO(str) struct str id = {0}, role = {0}, parent = {0}, model = {0};
	const struct raw *raw = message->fields;
	int64_t time = time_of(&raw[TIMESTAMP], chat->now);
	str_add_format(&id, "%s-", chat->id);
	json_add_decoded(&id, message->key.text, message->key.size);
	struct db_value role_value = storable(text_value(&raw[MESSAGE_ROLE], &role), chat->takes_nul);
	if (role_value.type == DB_NULL || !can_be_stored(id.data, id.size, chat->takes_nul)) {
		told_warn(chat->told,
			  "a message of chat %s has an id or a role that can't be stored; it stays in the chat only",
			  chat->id);
		return;
	}
	const struct db_value values[MESSAGE_COLUMNS] = {
		[MESSAGE_ID] = db_text_n(id.data, id.size),
		[MESSAGE_CHAT_ID] = db_text(chat->id),
		[MESSAGE_USER_ID] = db_text(chat->user_id),
		[MESSAGE_ROLE] = role_value,
		[MESSAGE_PARENT_ID] = storable(text_value(&raw[MESSAGE_PARENT_ID], &parent), chat->takes_nul),
		[MESSAGE_CONTENT] = json_value(&raw[MESSAGE_CONTENT]),
		[MESSAGE_OUTPUT] = json_value(&raw[MESSAGE_OUTPUT]),
		[MESSAGE_MODEL_ID] = storable(text_value(&raw[MESSAGE_MODEL_ID], &model), chat->takes_nul),
		[MESSAGE_FILES] = json_value(&raw[MESSAGE_FILES]),
		[MESSAGE_SOURCES] = json_value(&raw[MESSAGE_SOURCES]),
		[MESSAGE_EMBEDS] = json_value(&raw[MESSAGE_EMBEDS]),
		[MESSAGE_DONE] = done_value(&raw[MESSAGE_DONE]),
		[MESSAGE_STATUS_HISTORY] = json_value(&raw[MESSAGE_STATUS_HISTORY]),
		[MESSAGE_ERROR] = json_value(&raw[MESSAGE_ERROR]),
		[MESSAGE_USAGE] = json_value(&raw[MESSAGE_USAGE]),
		[MESSAGE_CREATED_AT] = db_integer(time),
		[MESSAGE_UPDATED_AT] = db_integer(time),
	};
	batch_add(batch, values);
}

void chat_row_add_messages(struct batch *batch, const struct chat_row *chat)
{
	AUTO(reading) struct reading reading = {0};
	reading_scan(&reading, chat->text, chat->size);
	for (size_t i = 0; i < reading.count; i++)
		if (reading.messages[i].key.kind == JSON_KIND_OBJECT && has_role(&reading.messages[i]))
			add_row(batch, chat, &reading.messages[i]);
}
