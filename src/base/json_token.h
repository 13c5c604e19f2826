/* The tokens of JSON (RFC 8259) as Python's json module takes them: a string, a number (also NaN, Infinity and
 * -Infinity), a word. A token may be cut at any byte, inside an escape or a character of UTF-8 too: what was read of it
 * is forgotten but for a state of a few bytes. For json_scan.c. */
#ifndef BASE_JSON_TOKEN_H
#define BASE_JSON_TOKEN_H

#include <stdbool.h>

/* jansson has JSON_OBJECT and its like in enum json_type. */
enum json_kind {
	JSON_KIND_OBJECT,
	JSON_KIND_ARRAY,
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_TRUE,
	JSON_KIND_FALSE,
	JSON_KIND_NULL
};

struct json_token {
	enum json_kind kind;
	unsigned char escape; /* of a string: what is left of an escape */
	unsigned char utf8;   /* of a string: what is left of a character */
	unsigned char number; /* of a number: the part it is in */
	const char *word;     /* of a word: what is left of it; NULL: it is a string or a number */
	const char *fault;    /* why the byte is wrong */
};

enum json_token_outcome { JSON_TOKEN_CUT, JSON_TOKEN_ENDED, JSON_TOKEN_WRONG };

/* Begins with the first byte of a value, which is taken; false where no value begins so. Objects and arrays are told
 * by their kind and are no tokens to go on with. */
bool json_token_begin(struct json_token *token, char first);

/* Goes on at *at. It is left behind the last byte of the token, at the byte that is wrong, or at `end`. */
enum json_token_outcome json_token_go_on(struct json_token *token, const char **at, const char *end);

/* Whether the token is whole if nothing follows: only a number can be. */
bool json_token_may_end(const struct json_token *token);

#endif
