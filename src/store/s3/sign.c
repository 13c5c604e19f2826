#include "store/s3/sign.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/percent.h"
#include "crypto/sha256.h"

#define DATE_SIZE 9   /* 20130524 */
#define TIME_SIZE 17  /* 20130524T000000Z */

const struct s3_signing s3_signing_aws = {.algorithm = "AWS4-HMAC-SHA256",
					  .start = "AWS4",
					  .service = "s3",
					  .request = "aws4_request",
					  .headers = "x-amz-"};
const struct s3_signing s3_signing_google = {.algorithm = "GOOG4-HMAC-SHA256",
					     .start = "GOOG4",
					     .service = "storage",
					     .request = "goog4_request",
					     .headers = "x-goog-"};

void s3_encode_path(struct str *out, const char *path)
{
	percent_encode(out, path, strlen(path), "/");
}

void s3_encode(struct str *out, const char *text)
{
	percent_encode(out, text, strlen(text), "");
}

/* By the encoded name, then the encoded value, by bytes; the "=" between them must not count. */
static int by_name(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;
	int order = strcmp(left[0], right[0]);
	return order ? order : strcmp(left[1], right[1]);
}

void s3_query(struct str *out, const struct s3_parameter *parameters, size_t count)
{
	AUTO(strings) struct strings texts = {0};
	AUTO(memory) const char **pairs = mem_new(count + 1, 2 * sizeof *pairs);
	for (size_t i = 0; i < 2 * count; i++) {
		AUTO(str) struct str text = {0};
		s3_encode(&text, i % 2 ? parameters[i / 2].value : parameters[i / 2].name);
		pairs[i] = strings_add_str(&texts, &text);
	}
	qsort(pairs, count, 2 * sizeof *pairs, by_name);
	for (size_t i = 0; i < count; i++)
		str_add_format(out, "%s%s=%s", i ? "&" : "", pairs[2 * i], pairs[2 * i + 1]);
}

void s3_hash(const char *bytes, size_t size, unsigned char hash[static S3_HASH_SIZE])
{
	sha256_of(bytes, size, hash);
}

void s3_hex(const unsigned char hash[static S3_HASH_SIZE], char text[static S3_HEX_SIZE])
{
	sodium_bin2hex(text, S3_HEX_SIZE, hash, S3_HASH_SIZE);
}

/* ---- headers as they are signed: "name:value", lower case, sorted, blanks made one ---- */

static void add_canonical(struct strings *canonical, const char *header)
{
	AUTO(str) struct str line = {0};
	const char *at = header;
	for (; *at && *at != ':'; at++)
		str_add_char(&line, (char)tolower((unsigned char)*at));
	str_add_char(&line, ':');
	at += *at == ':';
	at += strspn(at, " \t");
	for (; *at; at++) {
		size_t blanks = strspn(at, " \t");
		if (blanks && !at[blanks])
			break;
		str_add_char(&line, blanks ? ' ' : *at);
		at += blanks ? blanks - 1 : 0;
	}
	strings_add_str(canonical, &line);
}

/* By the name: "a-b" comes before "a", were the ":" to count. */
static int by_header(const void *a, const void *b)
{
	const char *left = *(const char *const *)a, *right = *(const char *const *)b;
	size_t left_size = strcspn(left, ":"), right_size = strcspn(right, ":");
	int order = memcmp(left, right, left_size < right_size ? left_size : right_size);
	return order ? order : (left_size > right_size) - (left_size < right_size);
}

static void add_names(struct str *out, const struct strings *canonical)
{
	for (size_t i = 0; i < canonical->count; i++)
		str_add_format(out, "%s%.*s", i ? ";" : "", (int)strcspn(canonical->items[i], ":"),
			       canonical->items[i]);
}

/* ---- the signature ---- */

static void hmac(const unsigned char *key, size_t key_size, const char *text, unsigned char out[static S3_HASH_SIZE])
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, key_size);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
	crypto_auth_hmacsha256_final(&state, out);
	mem_wipe(&state, sizeof state);
}

static void signing_key(const struct s3_signer *signer, const char *date, unsigned char key[static S3_HASH_SIZE])
{
	AUTO(secret) char *start = text_format("%s%s", signer->signing->start, signer->secret_key);
	hmac((const unsigned char *)start, strlen(start), date, key);
	hmac(key, S3_HASH_SIZE, signer->region, key);
	hmac(key, S3_HASH_SIZE, signer->signing->service, key);
	hmac(key, S3_HASH_SIZE, signer->signing->request, key);
}

static void hash_canonical(const struct s3_to_sign *request, const struct strings *canonical, const char *names,
			   char hex[static S3_HEX_SIZE])
{
	AUTO(str) struct str text = {0};
	unsigned char hash[S3_HASH_SIZE];
	str_add_format(&text, "%s\n%s\n%s\n", request->method, request->path, request->query);
	for (size_t i = 0; i < canonical->count; i++)
		str_add_format(&text, "%s\n", canonical->items[i]);
	str_add_format(&text, "\n%s\n%s", names, request->payload);
	s3_hash(text.data, text.size, hash);
	s3_hex(hash, hex);
	mem_wipe(text.data, text.size); /* the session token is in it */
}

void s3_sign(const struct s3_signer *signer, const struct s3_to_sign *request, struct strings *headers)
{
	const struct s3_signing *signing = signer->signing;
	char at[TIME_SIZE], date[DATE_SIZE], hex[S3_HEX_SIZE];
	unsigned char key[S3_HASH_SIZE], signature[S3_HASH_SIZE];
	struct tm parts;
	time_t now = (time_t)request->now;
	gmtime_r(&now, &parts);
	strftime(at, sizeof at, "%Y%m%dT%H%M%SZ", &parts);
	strftime(date, sizeof date, "%Y%m%d", &parts);
	strings_add_taken(headers, text_format("%sdate: %s", signing->headers, at));
	strings_add_taken(headers, text_format("%scontent-sha256: %s", signing->headers, request->payload));
	if (signer->session_token)
		strings_add_taken(headers,
				  text_format("%ssecurity-token: %s", signing->headers, signer->session_token));

	AUTO(strings) struct strings canonical = {0};
	AUTO(str) struct str names = {0};
	for (size_t i = 0; i < headers->count; i++)
		add_canonical(&canonical, headers->items[i]);
	qsort(canonical.items, canonical.count, sizeof *canonical.items, by_header);
	add_names(&names, &canonical);
	hash_canonical(request, &canonical, str_text(&names), hex);

	AUTO(memory) char *scope =
		text_format("%s/%s/%s/%s", date, signer->region, signing->service, signing->request);
	AUTO(memory) char *to_sign = text_format("%s\n%s\n%s\n%s", signing->algorithm, at, scope, hex);
	signing_key(signer, date, key);
	hmac(key, sizeof key, to_sign, signature);
	mem_wipe(key, sizeof key);
	s3_hex(signature, hex);
	strings_add_taken(headers,
			  text_format("Authorization: %s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
				      signing->algorithm, signer->access_key, scope, str_text(&names), hex));
}
