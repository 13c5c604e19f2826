/* Objects looked at and read. A body that breaks off is gone on with from there, if it is still the same object. */
#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crypto/md5.h"
#include "store/s3/s3.h"

#define CHECKED_SIZE ((uint64_t)1 << 20) /* what is larger its reader checks by itself */

int64_t s3_time_of(const char *text)
{
	int64_t seconds;
	const char *dot = strchr(text, '.');
	if (!dot && clock_parse(text, &seconds))
		return seconds * 1000000000;
	AUTO(memory) char *whole = dot ? text_format("%.*sZ", (int)(dot - text), text) : NULL;
	if (dot && clock_parse(whole, &seconds)) {
		int64_t unit = 1000000000, part = 0;
		for (dot++; *dot >= '0' && *dot <= '9' && unit > 1; dot++)
			part += (*dot - '0') * (unit /= 10);
		return seconds * 1000000000 + part;
	}
	time_t date = curl_getdate(text, NULL);
	return date < 0 ? 0 : (int64_t)date * 1000000000;
}

static bool number_of(const char *text, uint64_t *number)
{
	char *end;
	if (!text || *text < '0' || *text > '9')
		return false;
	*number = strtoull(text, &end, 10);
	return true;
}

static fallible no_size(const struct s3 *s3, const char *name)
{
	return error_new(ERR_FAILED, "%s%s: the server does not tell the size", s3->name, name);
}

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
	*object = (struct store_object){.modified = modified ? s3_time_of(modified) : 0};
	bool told = number_of(http_header(&answer, "Content-Length"), &object->size);
	return told ? NULL : no_size(s3_of(store), name);
}

/* ---- reading ---- */

struct getting {
	const struct s3 *s3;
	const char *name;
	uint64_t offset, size; /* as asked for */
	uint64_t got, expected;
	char *tag; /* of the first answer with a body */
	bool checked;
	unsigned char sum[crypto_hash_sha256_BYTES]; /* as the server has it, SHA-256 or MD5 */
	struct str bytes;                            /* that are checked */
	const struct sink *out;
};

static fallible changed(const struct getting *getting)
{
	return error_hint(error_new(ERR_INPUT, "%s%s was changed while it was read", getting->s3->name, getting->name),
			  "try again");
}

static char *range_of(uint64_t from, const struct getting *getting)
{
	uint64_t last = getting->offset + getting->size - 1;
	if (!getting->size)
		return text_format("Range: bytes=%" PRIu64 "-", from);
	return text_format("Range: bytes=%" PRIu64 "-%" PRIu64, from, last);
}

static fallible ask_for_the_rest(struct s3_call *call, struct strings *headers)
{
	const struct getting *getting = call->state;
	uint64_t from = getting->offset + getting->got;
	call->good = from || getting->size ? 206 : 200;
	if (call->good == 206)
		strings_add_taken(headers, range_of(from, getting));
	else if (!getting->s3->dialect->sums_md5)
		strings_add(headers, "x-amz-checksum-mode: ENABLED");
	if (getting->got && getting->tag)
		strings_add_taken(headers, text_format("If-Match: %s", getting->tag));
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
	bool by_md5 = getting->s3->dialect->sums_md5;
	const char *sum = by_md5 ? google_md5(answer)
				 : http_header(answer, "x-amz-checksum-sha256"); /* "..-3": that of parts */
	size_t size = 0;
	getting->checked = sum && getting->expected <= CHECKED_SIZE &&
			   !sodium_base642bin(getting->sum, sizeof getting->sum, sum, strcspn(sum, ", "), NULL, &size,
					      NULL, sodium_base64_VARIANT_ORIGINAL) &&
			   size == (by_md5 ? MD5_SIZE : S3_HASH_SIZE);
}

/* The server must have taken the range as it was meant, and the object be the one that the first bytes were of. */
static fallible check_answer(struct s3_call *call, const struct http_answer *answer)
{
	struct getting *getting = call->state;
	const char *range = http_header(answer, "Content-Range"), *tag = http_header(answer, "ETag");
	uint64_t from = 0, length;
	if (call->good == 206 && (!range || strncmp(range, "bytes ", 6) != 0 || !number_of(range + 6, &from) ||
				  from != getting->offset + getting->got))
		return error_new(ERR_FAILED, "%s%s: the server answers another range than was asked for",
				 getting->s3->name, getting->name);
	if (!number_of(http_header(answer, "Content-Length"), &length))
		return no_size(getting->s3, getting->name);
	if (getting->got)
		return text_equal(tag, getting->tag) && getting->got + length == getting->expected ? NULL
												   : changed(getting);
	free(getting->tag);
	getting->tag = text_copy(tag);
	getting->expected = length;
	if (call->good == 200)
		expect_sum(getting, answer);
	return NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	struct getting *getting = state;
	getting->got += size;
	if (getting->checked)
		str_add_n(&getting->bytes, bytes, size);
	return sink_take(getting->out, bytes, size);
}

static fallible check_sum(struct getting *getting)
{
	unsigned char sum[sizeof getting->sum] = {0};
	bool by_md5 = getting->s3->dialect->sums_md5;
	const char *bytes = str_text(&getting->bytes);
	if (!getting->checked || (by_md5 && !md5_of(bytes, getting->bytes.size, sum)))
		return NULL;
	if (!by_md5)
		s3_hash(bytes, getting->bytes.size, sum);
	if (!memcmp(sum, getting->sum, by_md5 ? MD5_SIZE : S3_HASH_SIZE))
		return NULL;
	return error_new(ERR_INPUT, "%s%s is not what was written: its %s is another one", getting->s3->name,
			 getting->name, by_md5 ? "MD5" : "SHA-256");
}

static fallible get(struct s3 *s3, struct getting *getting)
{
	const struct sink out = {take, getting};
	AUTO(s3_call) struct s3_call call = {.method = "GET",
					     .name = getting->name,
					     .out = &out,
					     .prepare = ask_for_the_rest,
					     .begin = check_answer,
					     .tolerated = {412, 416},
					     .state = getting};
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_send(s3, &call, &answer));
	if (answer.status == 416 && !getting->got) /* it ends before */
		return NULL;
	if (answer.status > 299)
		return changed(getting);
	if (answer.status != call.good)
		return error_new(ERR_FAILED, "%s%s: the server takes no ranges", s3->name, getting->name);
	return check_sum(getting);
}

fallible s3_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	size = size > UINT64_MAX - offset ? 0 : size;
	struct getting getting = {.s3 = s3_of(store), .name = name, .offset = offset, .size = size, .out = out};
	struct error *error = get(s3_of(store), &getting);
	free(getting.tag);
	str_cleanup(&getting.bytes);
	return error;
}
