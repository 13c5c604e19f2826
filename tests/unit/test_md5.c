/* MD5: the test suite of RFC 1321, and sizes about the ends of a block, in pieces and at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "crypto/md5.h"

#define CLEAN __attribute__((unused)) void **state

static void sum_of(const char *bytes, size_t size, size_t piece, char hex[static 2 * MD5_SIZE + 1])
{
	struct md5 md5;
	unsigned char sum[MD5_SIZE];
	md5_begin(&md5);
	for (size_t at = 0; at < size; at += piece)
		md5_add(&md5, bytes + at, size - at < piece ? size - at : piece);
	md5_end(&md5, sum);
	for (size_t i = 0; i < sizeof sum; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

static const struct {
	const char *text, *sum;
} suite[] = {
	{"", "d41d8cd98f00b204e9800998ecf8427e"},
	{"a", "0cc175b9c0f1b6a831c399e269772661"},
	{"abc", "900150983cd24fb0d6963f7d28e17f72"},
	{"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
	{"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
	{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
	{"1234567890123456789012345678901234567890123456789012345678901234567890123456789"
	 "0", "57edf4a22be3c955ac49da2e2107b67a"},
};

static void test_the_suite_of_the_rfc(CLEAN)
{
	char hex[2 * MD5_SIZE + 1];
	for (size_t i = 0; i < COUNT(suite); i++) {
		sum_of(suite[i].text, strlen(suite[i].text), 100, hex);
		assert_string_equal(hex, suite[i].sum);
	}
}

static void test_pieces_do_not_matter(CLEAN)
{
	char bytes[200], whole[2 * MD5_SIZE + 1], pieces[2 * MD5_SIZE + 1];
	memset(bytes, 'x', sizeof bytes);
	for (size_t size = 50; size <= sizeof bytes; size++) {
		sum_of(bytes, size, sizeof bytes, whole);
		for (size_t piece = 1; piece < 70; piece += 3) {
			sum_of(bytes, size, piece, pieces);
			assert_string_equal(whole, pieces);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_suite_of_the_rfc),
		cmocka_unit_test(test_pieces_do_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
