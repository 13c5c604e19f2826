/* Objects looked at and read. */
#include <sodium.h>
#include <string.h>

#include "store/s3/s3.h"
#include "store/web.h"

#define CHECKED_SIZE ((uint64_t)1 << 20) /* what is larger its reader checks by itself */

/* ---- looking ---- */

fallible s3_head(struct s3 *s3, const char *name, bool *found, struct http_answer *answer)
{
	AUTO(s3_call) struct s3_call call = {.method = "HEAD", .name = name, .tolerated = {404}};
	TRY(s3_send(s3, &call, answer));
	*found = answer->status != 404;
	return NULL;
}

fallible s3_look(struct store *store, const char *name, bool *found, struct store_object *object)
{
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_head(s3_of(store), name, found, &answer));
	if (!*found)
		return NULL;
	const char *modified = http_header(&answer, "Last-Modified");
	*object = (struct store_object){.modified = modified ? store_time_of(modified) : 0};
	if (store_number_of(http_header(&answer, "Content-Length"), &object->size))
		return NULL;
	return error_new(ERR_FAILED, "%s%s: the server does not tell the size", s3_of(store)->name, name);
}

/* ---- reading ---- */

struct getting {
	struct store_getting of; /* the beginning: what is common to stores over HTTP */
	bool checked;
	unsigned char sum[crypto_hash_sha256_BYTES]; /* as the server has it */
	crypto_hash_sha256_state hash;
};

static fallible ask_for_the_rest(struct s3_call *call, struct strings *headers)
{
	struct getting *getting = call->state;
	store_getting_ask(&getting->of, headers);
	call->good = getting->of.good;
	if (call->good == 200)
		strings_add(headers, "x-amz-checksum-mode: ENABLED");
	return NULL;
}

static void expect_sum(struct getting *getting, const struct http_answer *answer)
{
	const char *sum = http_header(answer, "x-amz-checksum-sha256"); /* "..-3": that of parts */
	size_t size = 0;
	getting->checked = sum && getting->of.expected <= CHECKED_SIZE &&
			   !sodium_base642bin(getting->sum, sizeof getting->sum, sum, strlen(sum), NULL, &size, NULL,
					      sodium_base64_VARIANT_ORIGINAL) &&
			   size == sizeof getting->sum;
	crypto_hash_sha256_init(&getting->hash);
}

static fallible check_answer(struct s3_call *call, const struct http_answer *answer)
{
	struct getting *getting = call->state;
	TRY(store_getting_begin(&getting->of, answer));
	if (call->good == 200)
		expect_sum(getting, answer);
	return NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	struct getting *getting = state;
	if (getting->checked)
		crypto_hash_sha256_update(&getting->hash, (const unsigned char *)bytes, size);
	return store_getting_take(&getting->of, bytes, size);
}

static fallible check_sum(struct getting *getting)
{
	unsigned char sum[sizeof getting->sum];
	if (!getting->checked)
		return NULL;
	crypto_hash_sha256_final(&getting->hash, sum);
	if (!memcmp(sum, getting->sum, sizeof sum))
		return NULL;
	return error_new(ERR_INPUT, "%s%s is not what was written: its SHA-256 is another one", getting->of.place,
			 getting->of.name);
}

static fallible get(struct s3 *s3, struct getting *getting)
{
	const struct sink out = {take, getting};
	AUTO(s3_call) struct s3_call call = {.method = "GET",
					     .name = getting->of.name,
					     .out = &out,
					     .prepare = ask_for_the_rest,
					     .begin = check_answer,
					     .tolerated = {412, 416},
					     .state = getting};
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_send(s3, &call, &answer));
	bool none;
	TRY(store_getting_end(&getting->of, &answer, &none));
	return none ? NULL : check_sum(getting);
}

fallible s3_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	size = size > UINT64_MAX - offset ? 0 : size;
	struct getting getting = {
		.of = {.place = s3_of(store)->name, .name = name, .offset = offset, .size = size, .out = out}};
	struct error *error = get(s3_of(store), &getting);
	store_getting_cleanup(&getting.of);
	return error;
}
