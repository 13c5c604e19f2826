/* Objects written in one request, and removed. */
#include "base/memory.h"
#include "store/s3/s3.h"

void s3_kind_headers(const struct s3 *s3, const struct s3_creating *creating, struct s3_call *call)
{
	s3_header(call, "%s: %s", s3->dialect->mark, creating->mark);
	if (s3->storage_class)
		s3_header(call, "%sstorage-class: %s", s3->dialect->signing->headers, s3->storage_class);
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

fallible s3_remove(struct store *store, const char *name)
{
	AUTO(s3_call) struct s3_call call = {.method = "DELETE", .name = name, .tolerated = {404}};
	AUTO(http_answer) struct http_answer answer = {0};
	return s3_send(s3_of(store), &call, &answer);
}
