/* JSON of any bytes: read or refused in the same way wherever it is cut, and what was read is written so that it reads
 * back as the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_tree.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct events {
	unsigned wishes; /* any bits, turned with every question */
	struct str text;
};

static enum json_wish wish(void *state, int depth, const char *key, size_t size, enum json_kind kind)
{
	struct events *events = state;
	str_add_format(&events->text, "?%d/%d", depth, (int)kind);
	if (key)
		str_add_n(&events->text, key, size);
	events->wishes = events->wishes << 1 | events->wishes >> 31;
	return events->wishes & 1 ? JSON_ENTER : events->wishes & 2 ? JSON_TAKE : JSON_SKIP;
}

static fallible value(void *state, int depth, enum json_kind kind, const char *text, size_t size)
{
	struct events *events = state;
	str_add_format(&events->text, "=%d/%d", depth, (int)kind);
	str_add_n(&events->text, text, size);
	return NULL;
}

static fallible leave(void *state, int depth)
{
	struct events *events = state;
	str_add_format(&events->text, ".%d", depth);
	return NULL;
}

/* Each piece is a block of its own: nothing may be read beyond it, or after it is gone. */
static fallible feed(struct json_scan *scan, const char *text, size_t size, size_t piece)
{
	for (size_t at = 0; at < size; at += piece) {
		size_t part = size - at < piece ? size - at : piece;
		char *bytes = malloc(part);
		assert(bytes);
		memcpy(bytes, text + at, part);
		struct error *error = json_scan_feed(scan, bytes, part);
		free(bytes);
		TRY(error);
	}
	return json_scan_end(scan);
}

static bool scan_in_pieces(struct events *events, const char *text, size_t size, size_t piece)
{
	static const struct json_scan_caller caller = {wish, value, leave};
	AUTO(json_scan) struct json_scan scan;
	json_scan_start(&scan, &caller, events);
	AUTO(error) struct error *error = feed(&scan, text, size, piece);
	assert(!error || error->code == ERR_INPUT);
	if (error)
		str_add(&events->text, error->message);
	return !error;
}

static bool write_again(struct str *out, const char *text, size_t size)
{
	AUTO(json_tree) struct json_tree tree = {0};
	AUTO(error) struct error *error = json_tree_parse(&tree, text, size);
	assert(!error == (tree.root != NULL));
	if (tree.root)
		json_tree_write(tree.root, out);
	return !error;
}

static void read_back_a_string(const char *bytes, size_t size)
{
	AUTO(str) struct str string = {0};
	AUTO(str) struct str again = {0};
	json_add_string(&string, bytes, size);
	assert(write_again(&again, string.data, string.size));
	assert(!strcmp(string.data, again.data));
}

/* The first two bytes say where to cut and what to take. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const char *text = (const char *)data + 2;
	size -= 2;
	unsigned wishes = data[1] * 0x01010101u;
	AUTO(str) struct str once = {0};
	AUTO(str) struct str twice = {0};
	struct events whole = {.wishes = wishes}, cut = {.wishes = wishes};
	bool good = scan_in_pieces(&whole, text, size, size ? size : 1);
	assert(scan_in_pieces(&cut, text, size, data[0] % 16u + 1) == good);
	assert(whole.text.size == cut.text.size);
	assert(!memcmp(str_text(&whole.text), str_text(&cut.text), cut.text.size));
	str_cleanup(&whole.text);
	str_cleanup(&cut.text);

	assert(write_again(&once, text, size) == good);
	assert(!good || write_again(&twice, once.data, once.size));
	assert(!strcmp(str_text(&once), str_text(&twice)));
	read_back_a_string(text, size);
	return 0;
}
