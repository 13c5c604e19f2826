#include "base/json_scan.h"

#include <string.h>

#include "base/large.h"
#include "base/memory.h"

/* What may come next. The places where a container may end come first. */
enum { FIRST_KEY, FIRST_VALUE, COMMA, MAY_CLOSE = COMMA, KEY, COLON, VALUE, IN_KEY, IN_VALUE, NOTHING };

static const char *const expectations[] = {
	[FIRST_KEY] = "a key in double quotes or a } is expected",
	[FIRST_VALUE] = "a value or a ] is expected",
	[COMMA] = "a comma or a closing bracket is expected",
	[KEY] = "a key in double quotes is expected",
	[COLON] = "a colon is expected",
	[VALUE] = "a value is expected",
	[IN_KEY] = "the end of a key is expected",
	[IN_VALUE] = "the rest of a value is expected",
	[NOTHING] = "something follows the end",
};

static fallible wrong(const struct json_scan *scan, const char *why)
{
	uint64_t place = scan->before - (uint64_t)(scan->end - scan->at);
	return error_new(ERR_INPUT, "not JSON at byte %llu: %s", (unsigned long long)place, why);
}

/* What was kept, up to `end`. */
static const char *kept_text(struct json_scan *scan, const char *end, size_t *size)
{
	const char *from = scan->from;
	scan->from = NULL;
	*size = (size_t)(end - from);
	if (!scan->kept.size)
		return from;
	str_add_n(&scan->kept, from, *size);
	*size = scan->kept.size;
	return scan->kept.data;
}

/* ---- values ---- */

static fallible value_ended(struct json_scan *scan)
{
	size_t size, depth = scan->levels.size;
	scan->expected = depth ? COMMA : NOTHING;
	if (depth != scan->entered || !scan->from)
		return NULL;
	const char *text = kept_text(scan, scan->at, &size);
	fallible error = scan->caller->value(scan->state, (int)depth, scan->kind, text, size);
	str_clear(&scan->kept);
	return error;
}

static fallible container_ended(struct json_scan *scan)
{
	bool entered = scan->entered == scan->levels.size;
	scan->at++;
	scan->levels.size--;
	if (!entered)
		return value_ended(scan);
	scan->entered--;
	scan->expected = scan->levels.size ? COMMA : NOTHING;
	return scan->caller->leave ? scan->caller->leave(scan->state, (int)scan->levels.size) : NULL;
}

static bool is_container(enum json_kind kind)
{
	return kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY;
}

/* Asks the caller about the value that begins, if it entered what holds it. */
static void ask(struct json_scan *scan, enum json_kind kind)
{
	if (scan->levels.size != scan->entered)
		return;
	enum json_wish wish =
		scan->caller->wish(scan->state, (int)scan->levels.size, scan->key, scan->key_size, kind);
	scan->key = NULL;
	scan->key_size = 0;
	scan->kind = kind;
	str_clear(&scan->kept);
	if (wish == JSON_ENTER && is_container(kind))
		scan->entered++;
	else if (wish != JSON_SKIP)
		scan->from = scan->at;
}

static fallible value_begins(struct json_scan *scan)
{
	char first = *scan->at;
	if (!json_token_begin(&scan->token, first))
		return wrong(scan, expectations[scan->expected]);
	enum json_kind kind = scan->token.kind;
	if (is_container(kind) && scan->levels.size == JSON_SCAN_DEPTH)
		return wrong(scan, "objects and arrays are nested too deeply");
	ask(scan, kind);
	scan->at++;
	scan->expected = IN_VALUE;
	if (is_container(kind)) {
		str_add_char(&scan->levels, first);
		scan->expected = kind == JSON_KIND_OBJECT ? FIRST_KEY : FIRST_VALUE;
	}
	return NULL;
}

/* ---- keys, and what stands between tokens ---- */

static void key_begins(struct json_scan *scan)
{
	json_token_begin(&scan->token, '"');
	scan->expected = IN_KEY;
	scan->at++;
	if (scan->levels.size == scan->entered)
		scan->from = scan->at;
}

static fallible token_goes_on(struct json_scan *scan)
{
	enum json_token_outcome outcome = json_token_go_on(&scan->token, &scan->at, scan->end);
	if (outcome == JSON_TOKEN_WRONG)
		return wrong(scan, scan->token.fault);
	if (outcome == JSON_TOKEN_CUT)
		return NULL;
	if (scan->expected == IN_VALUE)
		return value_ended(scan);
	scan->expected = COLON;
	if (scan->levels.size == scan->entered)
		scan->key = kept_text(scan, scan->at - 1, &scan->key_size);
	return NULL;
}

static fallible between_tokens(struct json_scan *scan)
{
	bool object = scan->levels.size && scan->levels.data[scan->levels.size - 1] == '{';
	char c = *scan->at;
	if (scan->expected <= MAY_CLOSE && c == (object ? '}' : ']'))
		return container_ended(scan);
	switch (scan->expected) {
	case FIRST_VALUE:
	case VALUE:
		return value_begins(scan);
	case FIRST_KEY:
	case KEY:
		if (c != '"')
			return wrong(scan, expectations[scan->expected]);
		key_begins(scan);
		return NULL;
	default:
		if (scan->expected == NOTHING || c != (scan->expected == COLON ? ':' : ','))
			return wrong(scan, expectations[scan->expected]);
		scan->expected = scan->expected == COMMA && object ? KEY : VALUE;
		scan->at++;
		return NULL;
	}
}

static void pass_blanks(struct json_scan *scan)
{
	const char *at = scan->at;
	while (at < scan->end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	scan->at = at;
}

/* ---- pieces ---- */

static fallible read_piece(struct json_scan *scan)
{
	for (;;) {
		bool inside = scan->expected == IN_KEY || scan->expected == IN_VALUE;
		if (!inside)
			pass_blanks(scan);
		if (scan->at == scan->end)
			return NULL;
		TRY(inside ? token_goes_on(scan) : between_tokens(scan));
	}
}

/* Moves what must outlive the piece into `kept`: the part of a value or key, or a key whose value is to come. */
static void keep(struct json_scan *scan)
{
	if (scan->from) {
		str_add_n(&scan->kept, scan->from, (size_t)(scan->end - scan->from));
	} else if (scan->key && !scan->kept.size) {
		str_add_n(&scan->kept, scan->key, scan->key_size);
		scan->key = str_text(&scan->kept);
	}
}

static fallible remembered(struct json_scan *scan, struct error *error)
{
	if (error) {
		scan->code = error->code;
		scan->failure = error_text(error);
	}
	return error;
}

void json_scan_start(struct json_scan *scan, const struct json_scan_caller *caller, void *state)
{
	*scan = (struct json_scan){.caller = caller, .state = state, .expected = VALUE};
}

fallible json_scan_feed(struct json_scan *scan, const char *bytes, size_t size)
{
	if (scan->failure)
		return error_new(scan->code, "%s", scan->failure);
	if (!size)
		return NULL;
	scan->at = bytes;
	scan->end = bytes + size;
	scan->before += size;
	if (scan->from)
		scan->from = bytes;
	TRY(remembered(scan, read_piece(scan)));
	keep(scan);
	return NULL;
}

static fallible last_value(struct json_scan *scan)
{
	if (scan->expected == IN_VALUE && !scan->levels.size && json_token_may_end(&scan->token)) {
		if (scan->from)
			scan->from = scan->at;
		TRY(value_ended(scan));
	}
	return scan->expected == NOTHING ? NULL : wrong(scan, expectations[scan->expected]);
}

fallible json_scan_end(struct json_scan *scan)
{
	if (scan->failure)
		return error_new(scan->code, "%s", scan->failure);
	return remembered(scan, last_value(scan));
}

void json_scan_cleanup(struct json_scan *scan)
{
	str_cleanup(&scan->levels);
	str_cleanup(&scan->kept);
	free(scan->failure);
	*scan = (struct json_scan){0};
}

/* In pieces that follow one another in memory: nothing has to be gathered. */
static fallible scan_pieces(struct json_scan *scan, const char *text, size_t size)
{
	scan->at = scan->end = text;
	for (size_t done = 0, piece; done < size; done += piece) {
		piece = size - done < 2 * LARGE_BLOCK ? size - done : 2 * LARGE_BLOCK;
		scan->end = text + done + piece;
		scan->before += piece;
		TRY(read_piece(scan));
		if (done + piece < size)
			large_trim();
	}
	return last_value(scan);
}

fallible json_scan_text(const struct json_scan_caller *caller, void *state, const char *text, size_t size)
{
	AUTO(json_scan) struct json_scan scan;
	json_scan_start(&scan, caller, state);
	return scan_pieces(&scan, text, size);
}
