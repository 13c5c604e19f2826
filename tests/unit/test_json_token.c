/* Tokens of JSON by the byte: what may stand inside a string, wherever it stands and is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "base/json_token.h"
#include "base/utf8.h"

#define CLEAN __attribute__((unused)) void **state

/* How a token goes that comes in two pieces, and where it stops. */
static enum json_token_outcome outcome_of(const char *text, size_t size, size_t cut, size_t *stop)
{
	struct json_token token;
	const char *at = text + 1;
	assert_true(json_token_begin(&token, *text));
	enum json_token_outcome outcome = json_token_go_on(&token, &at, text + cut);
	if (outcome == JSON_TOKEN_CUT) {
		assert_ptr_equal(at, text + cut);
		outcome = json_token_go_on(&token, &at, text + size);
	}
	*stop = (size_t)(at - text);
	return outcome;
}

/* Eight bytes are looked at together: each byte at each place, between such as are nearly special. */
static void each_byte_of_a_string(CLEAN)
{
	for (int c = 0; c < 0x80; c++) {
		for (size_t place = 1; place < 19; place++) {
			char text[] = "\"!#[]xxxx\x7f!#[]xxxxx\"";
			size_t size = sizeof text - 1, stop;
			text[place] = (char)c;
			enum json_token_outcome outcome = outcome_of(text, size, size, &stop);
			/* an escape lacks its letter: none of what follows a place is one, but the quote at the end */
			bool wrong = c < 0x20 || (c == '\\' && place < 18);
			assert_int_equal(outcome, wrong       ? JSON_TOKEN_WRONG
						  : c == '\\' ? JSON_TOKEN_CUT
							      : JSON_TOKEN_ENDED);
			assert_int_equal(stop, wrong ? place + (c == '\\') : c == '"' ? place + 1 : size);
		}
	}
}

/* Each first byte with such behind it as stand at the ends of ranges; utf8_valid is the judge. */
static void each_character(CLEAN)
{
	static const unsigned char tails[] = {0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
	for (int first = 0x80; first < 0x100; first++) {
		for (size_t i = 0; i < COUNT(tails) * COUNT(tails) * COUNT(tails); i++) {
			char text[] = {'"', (char)first, (char)tails[i % 10], (char)tails[i / 10 % 10],
				       (char)tails[i / 100], '"'};
			bool valid = utf8_valid(text, sizeof text);
			size_t stop, first_stop = 0;
			for (size_t cut = sizeof text; cut > 0; cut--) {
				enum json_token_outcome outcome = outcome_of(text, sizeof text, cut, &stop);
				assert_int_equal(outcome, valid ? JSON_TOKEN_ENDED : JSON_TOKEN_WRONG);
				first_stop = first_stop ? first_stop : stop;
				assert_int_equal(stop, first_stop);
			}
		}
	}
}

/* Each byte as the letter of an escape and as each of its digits. */
static void each_escape(CLEAN)
{
	for (int c = 1; c < 0x100; c++) {
		bool letter = strchr("\"\\/bfnrt", c), digit = strchr("0123456789abcdefABCDEF", c);
		for (size_t place = 2; place < 7; place++) {
			char text[] = "\"\\u00aF 000000\"";
			size_t size = sizeof text - 1, stop;
			text[place] = (char)c;
			bool right = place == 2 ? letter || c == 'u' : digit;
			for (size_t cut = size; cut > 0; cut--) {
				enum json_token_outcome outcome = outcome_of(text, size, cut, &stop);
				assert_int_equal(outcome, right ? JSON_TOKEN_ENDED : JSON_TOKEN_WRONG);
				assert_int_equal(stop, right ? size : place);
			}
		}
	}
}

static void only_a_whole_number_may_end(CLEAN)
{
	static const struct {
		const char *text;
		bool may_end;
	} starts[] = {
		{"0", true}, {"-0", true}, {"12", true}, {"1.5", true}, {"1e5", true}, {"1E-05", true},
		{"-", false}, {"1.", false}, {"1e", false}, {"1e+", false}, {"-I", false}, {"Infinit", false},
		{"\"x", false}, {"tru", false},
	};
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct json_token token;
		const char *at = starts[i].text + 1, *end = starts[i].text + strlen(starts[i].text);
		assert_true(json_token_begin(&token, *starts[i].text));
		assert_int_equal(json_token_go_on(&token, &at, end), JSON_TOKEN_CUT);
		assert_int_equal(json_token_may_end(&token), starts[i].may_end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_of_a_string),
		cmocka_unit_test(each_character),
		cmocka_unit_test(each_escape),
		cmocka_unit_test(only_a_whole_number_may_end),
	};
	return cmocka_run_group_tests_name("json_token", tests, NULL, NULL);
}
