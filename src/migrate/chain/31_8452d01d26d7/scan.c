#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/large.h"

/* history.messages.ID.FIELD: the depths of the JSON */
enum { DOCUMENT, HISTORY, MESSAGES, MESSAGE, FIELD };

static const struct field {
	const char *name;
	int column;
} fields[] = {
	{"role", MESSAGE_ROLE},     {"parentId", MESSAGE_PARENT_ID}, {"content", MESSAGE_CONTENT},
	{"output", MESSAGE_OUTPUT}, {"model", MESSAGE_MODEL_ID},     {"files", MESSAGE_FILES},
	{"sources", MESSAGE_SOURCES}, {"embeds", MESSAGE_EMBEDS},    {"done", MESSAGE_DONE},
	{"statusHistory", MESSAGE_STATUS_HISTORY}, {"error", MESSAGE_ERROR}, {"usage", MESSAGE_USAGE},
	{"timestamp", TIMESTAMP},
};

static bool is(const char *key, size_t size, const char *name)
{
	return key && size == strlen(name) && !memcmp(key, name, size);
}

static struct message *add_message(struct reading *reading, const char *key, size_t size)
{
	if (reading->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : 64;
		reading->messages = large_resize(reading->messages, reading->room * sizeof *reading->messages);
	}
	struct message *message = &reading->messages[reading->count++];
	*message = (struct message){.key = {.text = key, .size = size}};
	return message;
}

static enum json_wish wish_field(struct reading *reading, const char *key, size_t size)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (is(key, size, fields[i].name)) {
			reading->field = fields[i].column;
			return JSON_TAKE;
		}
	return JSON_SKIP;
}

static enum json_wish wish(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	struct reading *reading = state;
	bool object = kind == JSON_KIND_OBJECT;
	switch (depth) {
	case DOCUMENT:
		return object ? JSON_ENTER : kind == JSON_KIND_STRING ? JSON_TAKE : JSON_SKIP;
	case HISTORY:
	case MESSAGES:
		if (!is(key, size, depth == HISTORY ? "history" : "messages"))
			return JSON_SKIP;
		reading->count = 0; /* of a key that stands twice the last one counts */
		return object ? JSON_ENTER : JSON_SKIP;
	case MESSAGE:
		/* What is no message takes away one that stood under the same key. */
		add_message(reading, key, size)->key.kind = kind;
		return object ? JSON_ENTER : JSON_SKIP;
	default:
		return wish_field(reading, key, size);
	}
}

static fallible value(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	struct reading *reading = state;
	struct raw raw = {text, size, kind};
	if (depth == DOCUMENT)
		reading->string = raw;
	else
		reading->messages[reading->count - 1].fields[reading->field] = raw;
	return NULL;
}

static bool scan(struct reading *reading, const char *text, size_t size)
{
	static const struct json_scan_caller caller = {.wish = wish, .value = value};
	struct error *error = json_scan_text(&caller, reading, text, size);
	bool whole = !error;
	error_ignore(error); /* what is no JSON has no messages, as with upstream */
	return whole;
}

static int by_key(const void *a, const void *b)
{
	const struct message *x = *(const struct message *const *)a, *y = *(const struct message *const *)b;
	size_t shorter = x->key.size < y->key.size ? x->key.size : y->key.size;
	int order = memcmp(x->key.text, y->key.text, shorter);
	if (order || x->key.size != y->key.size)
		return order ? order : (x->key.size > y->key.size) - (x->key.size < y->key.size);
	return (x > y) - (x < y);
}

/* The last of them goes to the place of the first; the others are no messages any more. */
static void drop_repeated(struct reading *reading)
{
	AUTO(large) struct message **sorted = large_resize(NULL, reading->count * sizeof *sorted);
	for (size_t i = 0; i < reading->count; i++)
		sorted[i] = &reading->messages[i];
	qsort(sorted, reading->count, sizeof *sorted, by_key);
	for (size_t first = 0, i = 1; i < reading->count; i++) {
		const struct raw *a = &sorted[first]->key, *b = &sorted[i]->key;
		if (a->size != b->size || memcmp(a->text, b->text, a->size) != 0) {
			first = i;
		} else {
			*sorted[first] = *sorted[i];
			sorted[i]->key.kind = JSON_KIND_NULL;
		}
	}
}

void reading_scan(struct reading *reading, const char *text, size_t size)
{
	bool whole = scan(reading, text, size);
	if (whole && reading->string.text) {
		json_add_decoded(&reading->inner, reading->string.text + 1, reading->string.size - 2);
		whole = scan(reading, str_text(&reading->inner), reading->inner.size);
	}
	if (!whole)
		reading->count = 0;
	if (reading->count > 1)
		drop_repeated(reading);
}

void reading_cleanup(struct reading *reading)
{
	large_free(reading->messages);
	str_cleanup(&reading->inner);
}
