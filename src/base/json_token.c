#include "base/json_token.h"

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- strings ---- */

/* What is left of an escape: its letter, or so many hexadecimal digits. */
enum { ESCAPE_NONE = 0, ESCAPE_LETTER = 5, ESCAPE_DIGITS = 4 };

enum { HEXADECIMAL = 1, LETTER = 2 };
static const unsigned char escape_bytes[256] = {
	['0' ... '9'] = HEXADECIMAL, ['A' ... 'F'] = HEXADECIMAL, ['a'] = HEXADECIMAL, ['b'] = HEXADECIMAL | LETTER,
	['c' ... 'e'] = HEXADECIMAL, ['f'] = HEXADECIMAL | LETTER,
	['"'] = LETTER, ['\\'] = LETTER, ['/'] = LETTER, ['n'] = LETTER, ['r'] = LETTER, ['t'] = LETTER,
};

static bool is_letter(char c)
{
	return escape_bytes[(unsigned char)c] & LETTER;
}

static bool is_digit(char c)
{
	return escape_bytes[(unsigned char)c] & HEXADECIMAL;
}

static bool pass_escape(struct json_token *token, const char **where, const char *end)
{
	const char *at = *where;
	if (token->escape == ESCAPE_LETTER && at < end) {
		token->escape = *at == 'u' ? ESCAPE_DIGITS : ESCAPE_NONE;
		token->fault = "there is no such escape";
		if (*at != 'u' && !is_letter(*at))
			return false;
		at++;
	}
	token->fault = "an escape needs four hexadecimal digits";
	for (; token->escape && at < end && is_digit(*at); at++)
		token->escape--;
	*where = at;
	return !token->escape || at == end;
}

/* Passes a run of escapes, as text that is not English has them, while each is right and lies whole in the piece. */
static const char *pass_whole_escapes(const char *at, const char *end)
{
	while (end - at >= 6 && *at == '\\') {
		if (is_letter(at[1]))
			at += 2;
		else if (at[1] == 'u' && is_digit(at[2]) && is_digit(at[3]) && is_digit(at[4]) && is_digit(at[5]))
			at += 6;
		else
			break;
	}
	return at;
}

/* UTF-8 as an automaton whose states are places of bits: the row of a byte, shifted down by the state, is the next
 * state. A step is a load, a shift and a mask, which is what keeps text that is not English fast; base/utf8.h wants its
 * characters whole. */
enum { UTF8_WRONG = 0, UTF8_START = 6, UTF8_LAST = 12, UTF8_TWO = 18, UTF8_THREE = 24 }; /* that many bytes are left */
enum { UTF8_E0 = 30, UTF8_ED = 36, UTF8_F0 = 42, UTF8_F4 = 48 }; /* as TWO and THREE, but not every byte may follow */
#define FROM(state, next) ((uint64_t)(next) << (state))
#define TAIL (FROM(UTF8_LAST, UTF8_START) | FROM(UTF8_TWO, UTF8_LAST) | FROM(UTF8_THREE, UTF8_TWO))

static const uint64_t utf8_rows[256] = {
	[0x80 ... 0x8f] = TAIL | FROM(UTF8_ED, UTF8_LAST) | FROM(UTF8_F4, UTF8_TWO),
	[0x90 ... 0x9f] = TAIL | FROM(UTF8_ED, UTF8_LAST) | FROM(UTF8_F0, UTF8_TWO),
	[0xa0 ... 0xbf] = TAIL | FROM(UTF8_E0, UTF8_LAST) | FROM(UTF8_F0, UTF8_TWO),
	[0xc2 ... 0xdf] = FROM(UTF8_START, UTF8_LAST),
	[0xe0] = FROM(UTF8_START, UTF8_E0),
	[0xe1 ... 0xec] = FROM(UTF8_START, UTF8_TWO),
	[0xed] = FROM(UTF8_START, UTF8_ED),
	[0xee ... 0xef] = FROM(UTF8_START, UTF8_TWO),
	[0xf0] = FROM(UTF8_START, UTF8_F0),
	[0xf1 ... 0xf3] = FROM(UTF8_START, UTF8_THREE),
	[0xf4] = FROM(UTF8_START, UTF8_F4),
};

/* Passes a run of bytes that are not ASCII. */
static bool pass_utf8(struct json_token *token, const char **where, const char *end)
{
	const char *at = *where;
	uint64_t state = token->utf8;
	while (at < end && (*at & 0x80)) {
		state = utf8_rows[(unsigned char)*at] >> state & 63;
		if (state == UTF8_WRONG)
			break;
		at++;
	}
	token->utf8 = (unsigned char)state;
	*where = at;
	if (at == end || state == UTF8_START)
		return true;
	token->fault = "it is not UTF-8";
	return false;
}

#define EACH_BYTE(c) (0x0101010101010101u * (uint64_t)(c))

/* Passes what means nothing: ASCII that is no quote, no backslash, no control character. Eight bytes at a time: the top
 * bit of a byte is set in `marks` where it means something. A borrow can set it wrongly only above such a byte, so the
 * lowest one is right. */
static const char *pass_plain(const char *at, const char *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, at, sizeof word);
		word = le64toh(word);
		uint64_t marks = word | (word - EACH_BYTE(0x20)) | ((word ^ EACH_BYTE('"')) - EACH_BYTE(1)) |
				 ((word ^ EACH_BYTE('\\')) - EACH_BYTE(1));
		marks &= EACH_BYTE(0x80);
		if (marks)
			return at + (__builtin_ctzll(marks) >> 3);
	}
	while (at < end && !(*at & 0x80) && *at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* Passes what means something in a string that is not at its end: an escape or a character. */
static bool pass_special(struct json_token *token, const char **at, const char *end)
{
	if (**at & 0x80)
		return pass_utf8(token, at, end);
	if (**at != '\\') {
		token->fault = "a control character stands inside a string";
		return false;
	}
	*at = pass_whole_escapes(*at, end);
	if (*at == end || **at != '\\')
		return true;
	++*at;
	token->escape = ESCAPE_LETTER;
	return pass_escape(token, at, end);
}

static enum json_token_outcome string_goes_on(struct json_token *token, const char **where, const char *end)
{
	const char *at = *where;
	bool right = (!token->escape || pass_escape(token, &at, end)) &&
		     (token->utf8 == UTF8_START || pass_utf8(token, &at, end));
	while (right) {
		at = pass_plain(at, end);
		if (at == end || *at == '"')
			break;
		right = pass_special(token, &at, end);
	}
	bool closed = right && at < end;
	*where = at + closed;
	return !right ? JSON_TOKEN_WRONG : closed ? JSON_TOKEN_ENDED : JSON_TOKEN_CUT;
}

/* ---- numbers ---- */

enum { MINUS, ZERO, DIGITS, POINT, FRACTION, EXPONENT, SIGN, POWER, PARTS, WRONG = PARTS, ENDED };
enum { OTHER, NOUGHT, DIGIT, DOT, E, PLUS, HYPHEN, CLASSES };

static const unsigned char number_classes[256] = {
	['0'] = NOUGHT, ['1' ... '9'] = DIGIT, ['.'] = DOT, ['e'] = E, ['E'] = E, ['+'] = PLUS, ['-'] = HYPHEN,
};

static const unsigned char number_parts[PARTS][CLASSES] = {
	/*               OTHER  NOUGHT    DIGIT     DOT    E         PLUS   HYPHEN */
	[MINUS] =       {WRONG, ZERO,     DIGITS,   WRONG, WRONG,    WRONG, WRONG},
	[ZERO] =        {ENDED, WRONG,    WRONG,    POINT, EXPONENT, WRONG, WRONG},
	[DIGITS] =      {ENDED, DIGITS,   DIGITS,   POINT, EXPONENT, WRONG, WRONG},
	[POINT] =       {WRONG, FRACTION, FRACTION, WRONG, WRONG,    WRONG, WRONG},
	[FRACTION] =    {ENDED, FRACTION, FRACTION, WRONG, EXPONENT, WRONG, WRONG},
	[EXPONENT] =    {WRONG, POWER,    POWER,    WRONG, WRONG,    SIGN,  SIGN},
	[SIGN] =        {WRONG, POWER,    POWER,    WRONG, WRONG,    WRONG, WRONG},
	[POWER] =       {ENDED, POWER,    POWER,    WRONG, WRONG,    WRONG, WRONG},
};

static enum json_token_outcome number_goes_on(struct json_token *token, const char **where, const char *end)
{
	const char *at = *where;
	unsigned char part = token->number, next = part;
	for (; at < end; at++) {
		next = number_parts[part][number_classes[(unsigned char)*at]];
		if (next >= PARTS)
			break;
		part = next;
	}
	token->number = part;
	*where = at;
	if (at == end)
		return JSON_TOKEN_CUT;
	token->fault = "this is no number";
	return next == ENDED ? JSON_TOKEN_ENDED : JSON_TOKEN_WRONG;
}

/* ---- words, and all of them ---- */

static enum json_token_outcome word_goes_on(struct json_token *token, const char **at, const char *end)
{
	for (; *token->word && *at < end; token->word++, ++*at) {
		if (**at != *token->word) {
			token->fault = "there is no such word";
			return JSON_TOKEN_WRONG;
		}
	}
	return *token->word ? JSON_TOKEN_CUT : JSON_TOKEN_ENDED;
}

static const struct first {
	bool begins;
	unsigned char kind, number;
	const char *word;
} firsts[256] = {
	['{'] = {true, JSON_KIND_OBJECT, 0, NULL},
	['['] = {true, JSON_KIND_ARRAY, 0, NULL},
	['"'] = {true, JSON_KIND_STRING, 0, NULL},
	['-'] = {true, JSON_KIND_NUMBER, MINUS, NULL},
	['0'] = {true, JSON_KIND_NUMBER, ZERO, NULL},
	['1' ... '9'] = {true, JSON_KIND_NUMBER, DIGITS, NULL},
	['N'] = {true, JSON_KIND_NUMBER, 0, "aN"},
	['I'] = {true, JSON_KIND_NUMBER, 0, "nfinity"},
	['t'] = {true, JSON_KIND_TRUE, 0, "rue"},
	['f'] = {true, JSON_KIND_FALSE, 0, "alse"},
	['n'] = {true, JSON_KIND_NULL, 0, "ull"},
};

bool json_token_begin(struct json_token *token, char first)
{
	const struct first *found = &firsts[(unsigned char)first];
	*token = (struct json_token){
		.kind = found->kind, .number = found->number, .word = found->word, .utf8 = UTF8_START};
	return found->begins;
}

enum json_token_outcome json_token_go_on(struct json_token *token, const char **at, const char *end)
{
	if (token->kind == JSON_KIND_STRING)
		return string_goes_on(token, at, end);
	if (token->kind == JSON_KIND_NUMBER && !token->word && token->number == MINUS && *at < end && **at == 'I')
		token->word = "Infinity";
	return token->word ? word_goes_on(token, at, end) : number_goes_on(token, at, end);
}

bool json_token_may_end(const struct json_token *token)
{
	return token->kind == JSON_KIND_NUMBER && !token->word && number_parts[token->number][OTHER] == ENDED;
}
