/* Objects looked at and read. */
#include <string.h>
#include <strings.h>

#include "store/s3/s3.h"
#include "store/web.h"

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
	return *found ? store_look_at(s3_of(store)->name, name, &answer, object) : NULL;
}

/* ---- reading ---- */

struct getting {
	struct store_getting of; /* the beginning: what is common to stores over HTTP */
	bool by_md5;
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

static fallible check_answer(struct s3_call *call, const struct http_answer *answer)
{
	struct getting *getting = call->state;
	TRY(store_getting_begin(&getting->of, answer));
	if (getting->by_md5)
		store_getting_expect(&getting->of, &store_md5, google_md5(answer));
	else /* "..-3" is that of parts */
		store_getting_expect(&getting->of, &store_sha256, http_header(answer, "x-amz-checksum-sha256"));
	return NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	struct getting *getting = state;
	return store_getting_take(&getting->of, bytes, size);
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
	return store_getting_end(&getting->of, &answer);
}

fallible s3_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	size = size > UINT64_MAX - offset ? 0 : size;
	struct getting getting = {
		.of = {.place = s3_of(store)->name, .name = name, .offset = offset, .size = size, .out = out},
		.by_md5 = s3_of(store)->dialect->sums_md5};
	struct error *error = get(s3_of(store), &getting);
	store_getting_cleanup(&getting.of);
	return error;
}
