/* The lock of an object that is needed again (PutObjectRetention). Its end is only ever moved away. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/s3/s3.h"

static fallible set_end(struct s3 *s3, const char *name, const char *until)
{
	AUTO(memory) char *body = text_format("<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
					      "<Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>",
					      s3->lock_mode, until);
	AUTO(s3_call) struct s3_call call = {.method = "PUT",
					     .name = name,
					     .body = body,
					     .body_size = strlen(body),
					     .checksum = S3_CHECKSUM_OF_BODY};
	AUTO(http_answer) struct http_answer answer = {0};
	s3_parameter(&call, "retention", "");
	struct error *error = s3_send(s3, &call, &answer);
	return error ? error_hint(error_wrap(error, "locking it anew"),
				  "lock= of the location needs the rights s3:GetObjectRetention and "
				  "s3:PutObjectRetention for what snapshots share")
		     : NULL;
}

/* A tenth of the time goes by before it is worth a request. */
static bool is_long_enough(const struct s3 *s3, const struct http_answer *head, int64_t now)
{
	const char *until = http_header(head, S3_LOCKED_UNTIL);
	return until && store_time_of(until) / NS_A_SECOND >= now + s3->lock_s - s3->lock_s / 10;
}

fallible s3_lock_anew(struct store *store, const char *name, bool *found, struct store_object *object)
{
	struct s3 *s3 = s3_of(store);
	AUTO(http_answer) struct http_answer head = {0};
	char until[CLOCK_TEXT_SIZE];
	int64_t now = clock_now();
	TRY(s3_head(s3, name, found, &head));
	if (!*found)
		return NULL;
	if (s3->lock_mode && !is_long_enough(s3, &head, now) && clock_format(now + s3->lock_s, until))
		TRY(set_end(s3, name, until));
	return store_look_at(s3->name, name, &head, object);
}
