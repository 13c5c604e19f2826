/* Objects written in one request, and removed. */
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/s3/s3.h"

void s3_kind_headers(const struct s3 *s3, const struct s3_creating *creating, struct s3_call *call)
{
	char until[CLOCK_TEXT_SIZE];
	s3_header(call, "%s: %s", s3->dialect->mark, creating->mark);
	if (s3->storage_class)
		s3_header(call, "%sstorage-class: %s", s3->dialect->signing->headers, s3->storage_class);
	if (s3->lock_mode && clock_format(clock_now() + s3->lock_s, until)) {
		s3_header(call, "x-amz-object-lock-mode: %s", s3->lock_mode);
		s3_header(call, S3_LOCKED_UNTIL ": %s", until);
	}
	if (s3->encryption)
		s3_header(call, "x-amz-server-side-encryption: %s", s3->encryption);
	if (s3->encryption_key)
		s3_header(call, "x-amz-server-side-encryption-aws-kms-key-id: %s", s3->encryption_key);
}

fallible s3_put_whole(struct s3 *s3, struct s3_creating *creating, const char *bytes, size_t size)
{
	bool again;
	do {
		AUTO(s3_call) struct s3_call call = {.method = "PUT",
						     .name = creating->name,
						     .body = bytes,
						     .body_size = size,
						     .checksum = S3_CHECKSUM_OF_BODY};
		AUTO(http_answer) struct http_answer answer = {0};
		s3_kind_headers(s3, creating, &call);
		s3_creating_condition(s3, creating, &call);
		TRY(s3_send(s3, &call, &answer));
		TRY(s3_creating_end(s3, creating, &answer, &again));
	} while (again);
	return NULL;
}

fallible s3_put(struct store *store, const char *name, const char *bytes, size_t size, enum store_writing writing)
{
	struct s3 *s3 = s3_of(store);
	struct s3_creating creating = {.name = name, .writing = writing};
	TRY(s3_creating_begin(s3, &creating));
	return s3_put_whole(s3, &creating, size ? bytes : "", size);
}

/* ---- removing ---- */

/* The headers by which an object says that it can't go: of S3's object lock, and of Google's retention and holds. */
static const char *const retained_until[] = {S3_LOCKED_UNTIL, "x-goog-object-lock-retain-until-date",
					     "x-goog-retention-expiration-time"};
static const struct {
	const char *name, *value;
} holds[] = {{"x-amz-object-lock-legal-hold", "ON"},
	     {"x-goog-temporary-hold", "true"},
	     {"x-goog-event-based-hold", "true"}};

static fallible held(const struct s3 *s3, const char *name, const struct http_answer *head)
{
	int64_t now = clock_now() * 1000000000;
	for (size_t i = 0; i < COUNT(retained_until); i++) {
		const char *until = http_header(head, retained_until[i]);
		if (until && store_time_of(until) > now)
			return error_new(ERR_NO, "%s%s is locked until %s", s3->name, name, until);
	}
	for (size_t i = 0; i < COUNT(holds); i++) {
		const char *value = http_header(head, holds[i].name);
		if (value && !strcasecmp(value, holds[i].value))
			return error_new(ERR_NO, "%s%s is held by a legal or another hold", s3->name, name);
	}
	return NULL;
}

/* Why it was refused: a lock, if the server says so of the object or in the refusal. */
static fallible not_removed(struct s3 *s3, const char *name, const struct http_answer *answer)
{
	bool found = false;
	AUTO(http_answer) struct http_answer head = {0};
	AUTO(s3_said) struct s3_said said = {0};
	error_ignore(s3_head(s3, name, &found, &head)); /* the refusal is what counts */
	if (found)
		TRY(held(s3, name, &head));
	s3_said_read(answer, &said);
	struct error *error = s3_refusal(s3, name, answer, &said, NULL);
	bool told = text_equal(said.code, "RetentionPolicyNotMet") || text_equal(said.code, "ObjectUnderActiveHold") ||
		    (said.message && strstr(said.message, "WORM"));
	error->code = told ? ERR_NO : error->code;
	return error;
}

fallible s3_remove(struct store *store, const char *name)
{
	AUTO(s3_call) struct s3_call call = {.method = "DELETE", .name = name, .tolerated = {404, 403, 400}};
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_send(s3_of(store), &call, &answer));
	return answer.status == 403 || answer.status == 400 ? not_removed(s3_of(store), name, &answer) : NULL;
}
