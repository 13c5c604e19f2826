/* Signature Version 4: the worked examples of "Authenticating Requests: Using the Authorization Header" in the Amazon
 * S3 API Reference, whose figures these are, and what they leave out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "store/s3/sign.h"

#define CLEAN __attribute__((unused)) void **state
#define HOST "Host: examplebucket.s3.amazonaws.com"
#define NOW 1369353600 /* 2013-05-24T00:00:00Z */

static const struct s3_signer example = {
	.signing = &s3_signing_aws,
	.access_key = "AKIAIOSFODNN7EXAMPLE",
	.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	.region = "us-east-1",
};

static const struct {
	const char *method, *path, *body;
	struct s3_parameter parameters[2];
	size_t count;
	const char *headers[3];
	const char *signed_headers, *signature;
} examples[] = {
	{"GET", "/test.txt", "", {{0}}, 0, {HOST, "Range: bytes=0-9"},
	 "host;range;x-amz-content-sha256;x-amz-date",
	 "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
	{"PUT", "/test$file.text", "Welcome to Amazon S3.", {{0}}, 0,
	 {HOST, "Date: Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class: REDUCED_REDUNDANCY"},
	 "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	 "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
	{"GET", "/", "", {{"lifecycle", ""}}, 1, {HOST},
	 "host;x-amz-content-sha256;x-amz-date",
	 "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
	{"GET", "/", "", {{"prefix", "J"}, {"max-keys", "2"}}, 2, {HOST},
	 "host;x-amz-content-sha256;x-amz-date",
	 "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
};

static void sign(const struct s3_signer *signer, size_t index, struct strings *headers)
{
	AUTO(str) struct str path = {0};
	AUTO(str) struct str query = {0};
	unsigned char hash[S3_HASH_SIZE];
	char hex[S3_HEX_SIZE];
	s3_encode_path(&path, examples[index].path);
	s3_query(&query, examples[index].parameters, examples[index].count);
	s3_hash(examples[index].body, strlen(examples[index].body), hash);
	s3_hex(hash, hex);
	for (size_t i = 0; i < COUNT(examples[index].headers) && examples[index].headers[i]; i++)
		strings_add(headers, examples[index].headers[i]);
	s3_sign(signer,
		&(struct s3_to_sign){.method = examples[index].method,
				     .path = str_text(&path),
				     .query = str_text(&query),
				     .payload = hex,
				     .now = NOW},
		headers);
}

static void test_the_documented_examples_are_signed_as_documented(CLEAN)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		AUTO(strings) struct strings headers = {0};
		sign(&example, i, &headers);
		AUTO(memory) char *expected = text_format(
			"Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
			"aws4_request, SignedHeaders=%s, Signature=%s",
			examples[i].signed_headers, examples[i].signature);
		assert_string_equal(headers.items[headers.count - 1], expected);
		assert_true(strings_have(&headers, "x-amz-date: 20130524T000000Z"));
	}
}

/* Google publishes no signature of this kind to compare with: this one was worked out by hand, step by step, from
 * "Signatures" and "Canonical requests" of the Cloud Storage documentation. */
static void test_a_request_to_google_is_signed_as_it_is_documented(CLEAN)
{
	static const char body[] = "Welcome to Cloud Storage.";
	const struct s3_signer signer = {.signing = &s3_signing_google,
					 .access_key = "GOOG1EXAMPLE",
					 .secret_key = "example-secret-of-an-HMAC-key/40+letters0",
					 .region = "auto"};
	unsigned char hash[S3_HASH_SIZE];
	char hex[S3_HEX_SIZE];
	AUTO(strings) struct strings headers = {0};
	s3_hash(body, sizeof body - 1, hash);
	s3_hex(hash, hex);
	strings_add(&headers, "Host: storage.googleapis.com");
	strings_add(&headers, "x-goog-if-generation-match: 0");
	strings_add(&headers, "Content-MD5: s/DZe+rWkMH9Mc8h4XGwEQ==");
	s3_sign(&signer,
		&(struct s3_to_sign){.method = "PUT",
				     .path = "/example-bucket/a%20b/c%2Bd",
				     .query = "",
				     .payload = hex,
				     .now = 1795951353}, /* 2026-11-29T11:22:33Z */
		&headers);
	assert_string_equal(headers.items[headers.count - 1],
			    "Authorization: GOOG4-HMAC-SHA256 Credential=GOOG1EXAMPLE/20261129/auto/storage/"
			    "goog4_request, SignedHeaders=content-md5;host;x-goog-content-sha256;x-goog-date;"
			    "x-goog-if-generation-match, "
			    "Signature=6c1909365dd822003b0d40d2c958c0f5b0e73f043109964157985858046d3a3e");
	for (size_t i = 0; i < headers.count; i++)
		assert_false(text_starts(headers.items[i], "x-amz-"));
}

static void test_a_session_token_is_sent_and_signed(CLEAN)
{
	struct s3_signer signer = example;
	AUTO(strings) struct strings headers = {0};
	signer.session_token = "the token";
	sign(&signer, 0, &headers);
	assert_true(strings_have(&headers, "x-amz-security-token: the token"));
	assert_non_null(strstr(headers.items[headers.count - 1],
			       "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
}

static void test_names_and_parameters_are_encoded_once(CLEAN)
{
	AUTO(str) struct str path = {0};
	AUTO(str) struct str text = {0};
	s3_encode_path(&path, "/a b/c+d/%41/\xc3\xa4~-._!*'();:@&=,$?#[]");
	assert_string_equal(str_text(&path),
			    "/a%20b/c%2Bd/%2541/%C3%A4~-._%21%2A%27%28%29%3B%3A%40%26%3D%2C%24%3F%23%5B%5D");
	s3_encode(&text, "a/b =");
	assert_string_equal(str_text(&text), "a%2Fb%20%3D");
}

/* By their encoded form, and by names before values: "a=" before "a-b=", though "-" is less than "=". */
static void test_parameters_are_sorted_by_name_then_value(CLEAN)
{
	AUTO(str) struct str query = {0};
	static const struct s3_parameter parameters[] = {
		{"b", "2"}, {"a-b", ""}, {"uploads", ""}, {"a", "z"}, {"a", "b c"}, {"A", "1"}};
	s3_query(&query, parameters, COUNT(parameters));
	assert_string_equal(str_text(&query), "A=1&a=b%20c&a=z&a-b=&b=2&uploads=");
}

static void test_headers_are_sorted_by_name_and_their_blanks_are_one(CLEAN)
{
	AUTO(strings) struct strings plain = {0};
	AUTO(strings) struct strings other = {0};
	struct s3_to_sign request = {.method = "GET", .path = "/", .query = "", .payload = "UNSIGNED", .now = NOW};
	strings_add(&plain, "host:h");
	strings_add(&plain, "x-amz-meta:a b");
	strings_add(&plain, "x-amz-meta-more:c");
	strings_add(&other, "X-Amz-Meta-More:   c  ");
	strings_add(&other, "X-Amz-Meta:  a \t b ");
	strings_add(&other, "HOST: h");
	s3_sign(&example, &request, &plain);
	s3_sign(&example, &request, &other);
	assert_string_equal(plain.items[plain.count - 1], other.items[other.count - 1]);
	assert_non_null(strstr(plain.items[plain.count - 1], ";x-amz-meta;x-amz-meta-more,"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_documented_examples_are_signed_as_documented),
		cmocka_unit_test(test_a_request_to_google_is_signed_as_it_is_documented),
		cmocka_unit_test(test_a_session_token_is_sent_and_signed),
		cmocka_unit_test(test_names_and_parameters_are_encoded_once),
		cmocka_unit_test(test_parameters_are_sorted_by_name_then_value),
		cmocka_unit_test(test_headers_are_sorted_by_name_and_their_blanks_are_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
