/* Scanning JSON that comes in pieces: chats of hundreds of megabytes, of which a migration wants a few values. What is
 * not asked for is checked and forgotten, so memory is that of the longest value taken (and key asked about).
 *
 * It takes what Python's json.loads takes, since Python wrote what is scanned: NaN, Infinity and -Infinity are numbers,
 * integers have any length, escapes of lone surrogates and keys that stand twice are fine; a control character inside a
 * string is not, nor what is not UTF-8. Two bounds differ: Python's own stop at about 1000 levels and at integers of
 * 4300 digits. jansson takes neither NaN nor integers above 64 bits nor more than 2048 levels, and only whole texts. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json_token.h"
#include "base/str.h"

#define JSON_SCAN_DEPTH 10000 /* objects and arrays inside each other */

enum json_wish {
	JSON_SKIP, /* checked only */
	JSON_TAKE, /* `value` gets it whole */
	JSON_ENTER /* each member is asked about; a scalar is taken */
};

/* All pointers are valid during the call. A text that lies whole inside the piece that is fed is a place in that piece;
 * one that spans pieces was gathered. */
struct json_scan_caller {
	/* Asked before each value: `depth` is 0 for the document, 1 for its members, and so on. `key` is the raw text
	 * between the quotes, with the escapes as they stand; NULL for an element of an array and for the document. */
	enum json_wish (*wish)(void *state, int depth, const char *key, size_t size, enum json_kind kind);
	/* A value that was taken, as it stands in the text: a string with its quotes. */
	fallible (*value)(void *state, int depth, enum json_kind kind, const char *text, size_t size);
	/* The end of a container that was entered, and its own depth. NULL: of no interest. */
	fallible (*leave)(void *state, int depth);
};

struct json_scan {
	const struct json_scan_caller *caller;
	void *state;
	int expected; /* what comes next */
	struct json_token token;
	struct str levels;         /* the open containers, a bracket each */
	size_t entered;            /* so many of them, from the outside, were entered */
	const char *at, *end;      /* what is left of the piece */
	const char *from;          /* where what is kept begins in the piece; NULL: nothing is kept */
	struct str kept;           /* what former pieces had of it */
	enum json_kind kind;       /* of the value that is kept */
	const char *key;           /* of the value that comes next, or NULL */
	size_t key_size;
	uint64_t before;           /* bytes up to `end` */
	enum error_code code;      /* of the first failure, */
	char *failure;             /* and its text */
};

/* Both are borrowed. The scan is released by json_scan_cleanup. */
void json_scan_start(struct json_scan *scan, const struct json_scan_caller *caller, void *state);

/* Goes on with the next piece, of any size. ERR_INPUT names the first byte that is wrong, counted from 0. An error of
 * the caller's functions is passed on. After a failure every call fails so. */
fallible json_scan_feed(struct json_scan *scan, const char *bytes, size_t size) MUST_CHECK;

/* No more will come. ERR_INPUT if the text is not complete. A number that is the document is handed over only here. */
fallible json_scan_end(struct json_scan *scan) MUST_CHECK;

void json_scan_cleanup(struct json_scan *scan);

/* A text that is there as a whole: all that is handed over is a place in it. */
fallible json_scan_text(const struct json_scan_caller *caller, void *state, const char *text, size_t size) MUST_CHECK;

#endif
