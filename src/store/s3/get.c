/* Objects looked at and read. */
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "crypto/md5.h"
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
	bool by_md5, checked;
	unsigned char sum[S3_HASH_SIZE]; /* as the server has it, SHA-256 or MD5 */
	struct str bytes; /* that are checked */
};

static fallible ask_for_the_rest(struct s3_call *call, struct strings *headers)
{
	struct getting *getting = call->state;
	store_getting_ask(&getting->of, headers);
	call->good = getting->of.good;
	if (call->good == 200 && !getting->by_md5)
		strings_add(headers, "x-amz-checksum-mode: ENABLED");
	return NULL;
}

/* "x-goog-hash: crc32c=..,md5=..", or a header each. */
static const char *google_md5(const struct http_answer *answer)
{
	static const char name[] = "x-goog-hash:", sum[] = "md5=";
	for (size_t i = 0; i < answer->headers.count; i++) {
		const char *header = answer->headers.items[i];
		const char *at = strncasecmp(header, name, sizeof name - 1) ? NULL : strstr(header, sum);
		if (at)
			return at + sizeof sum - 1;
	}
	return NULL;
}

static void expect_sum(struct getting *getting, const struct http_answer *answer)
{
	const char *sum = getting->by_md5 ? google_md5(answer)
					  : http_header(answer, "x-amz-checksum-sha256"); /* "..-3": that of parts */
	size_t size = 0;
	getting->checked = sum && getting->of.expected <= CHECKED_SIZE &&
			   !sodium_base642bin(getting->sum, sizeof getting->sum, sum, strcspn(sum, ", "), NULL, &size,
					      NULL, sodium_base64_VARIANT_ORIGINAL) &&
			   size == (getting->by_md5 ? MD5_SIZE : S3_HASH_SIZE);
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
		str_add_n(&getting->bytes, bytes, size);
	return store_getting_take(&getting->of, bytes, size);
}

static fallible check_sum(struct getting *getting)
{
	unsigned char sum[sizeof getting->sum] = {0};
	const char *bytes = str_text(&getting->bytes);
	if (!getting->checked || (getting->by_md5 && !md5_of(bytes, getting->bytes.size, sum)))
		return NULL;
	if (!getting->by_md5)
		s3_hash(bytes, getting->bytes.size, sum);
	if (!memcmp(sum, getting->sum, getting->by_md5 ? MD5_SIZE : S3_HASH_SIZE))
		return NULL;
	return error_new(ERR_INPUT, "%s%s is not what was written: its %s is another one", getting->of.place,
			 getting->of.name, getting->by_md5 ? "MD5" : "SHA-256");
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
		.of = {.place = s3_of(store)->name, .name = name, .offset = offset, .size = size, .out = out},
		.by_md5 = s3_of(store)->dialect->sums_md5};
	struct error *error = get(s3_of(store), &getting);
	store_getting_cleanup(&getting.of);
	str_cleanup(&getting.bytes);
	return error;
}
