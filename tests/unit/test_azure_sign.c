/* Shared Key: the worked example of "Authorize with Shared Key" in the Azure Storage REST API reference, and what it
 * leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "store/azure/sign.h"

#define CLEAN __attribute__((unused)) void **state

static char *to_sign(const struct azure_to_sign *request, const char *const *headers)
{
	AUTO(strings) struct strings list = {0};
	struct azure_to_sign whole = *request;
	for (; *headers; headers++)
		strings_add(&list, *headers);
	whole.headers = &list;
	return azure_string_to_sign(&whole);
}

static void test_the_documented_example_is_signed_as_documented(CLEAN)
{
	static const struct azure_parameter parameters[] = {
		{"restype", "container"}, {"comp", "metadata"}, {"timeout", "20"}};
	static const char *const headers[] = {"x-ms-version: 2015-02-21", "x-ms-date: Fri, 26 Jun 2015 23:39:12 GMT",
					      NULL};
	AUTO(memory) char *text = to_sign(&(struct azure_to_sign){.method = "GET",
								  .account = "myaccount",
								  .path = "/mycontainer",
								  .parameters = parameters,
								  .parameter_count = COUNT(parameters)},
					  headers);
	assert_string_equal(text, "GET\n\n\n\n\n\n\n\n\n\n\n\n"
				  "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
				  "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20");
}

/* By the list of lines there: method, then the eleven headers in their order, with the length in the third place. */
static void test_each_header_has_its_line(CLEAN)
{
	static const char *const headers[] = {"Range: bytes=0-9", "if-match:\"0x8D\"", "If-None-Match: *",
					      "Content-Type: text/plain", "X-MS-Blob-Type:  BlockBlob",
					      "x-ms-blob: before its longer name", "Host: h", NULL};
	AUTO(memory) char *text = to_sign(
		&(struct azure_to_sign){.method = "PUT", .account = "a", .path = "/a/c/n%20%2B", .body_size = 11},
		headers);
	assert_string_equal(text, "PUT\n\n\n11\n\ntext/plain\n\n\n\"0x8D\"\n*\n\nbytes=0-9\n"
				  "x-ms-blob:before its longer name\nx-ms-blob-type:BlockBlob\n/a/a/c/n%20%2B");
}

/* The HMAC by `printf 'GET\\n.. /a/c' | openssl dgst -sha256 -mac hmac -macopt hexkey:6b6579 -binary | base64`. */
static void test_the_header_has_account_and_signature(CLEAN)
{
	struct strings none = {0};
	AUTO(memory) char *header = NULL;
	const struct azure_to_sign request = {.method = "GET", .account = "a", .path = "/c", .headers = &none};
	assert_null(azure_sign(&request, "a2V5", &header));
	assert_string_equal(header, "Authorization: SharedKey a:NjnSpj/BqaJxD5u09ihqlLzaf5a0Zmh7XpF71ZnDOJ4=");
}

static void test_a_key_that_is_none_is_refused(CLEAN)
{
	static const char *const bad[] = {"", "no base64!", "a2V5=", "a2V"};
	struct strings none = {0};
	const struct azure_to_sign request = {.method = "GET", .account = "a", .path = "/c", .headers = &none};
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *header = NULL;
		AUTO(error) struct error *error = azure_sign(&request, bad[i], &header);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_SETTINGS);
		assert_null(header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_documented_example_is_signed_as_documented),
		cmocka_unit_test(test_each_header_has_its_line),
		cmocka_unit_test(test_the_header_has_account_and_signature),
		cmocka_unit_test(test_a_key_that_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
