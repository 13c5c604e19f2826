/* S3, and what speaks it or nearly so (dialect.h), as a store. Only for src/store/s3. Source: Amazon S3 API Reference.
 */
#ifndef STORE_S3_S3_H
#define STORE_S3_S3_H

#include <stdatomic.h>

#include "net/http.h"
#include "store/driver.h"
#include "store/s3/credentials.h"
#include "store/s3/dialect.h"
#include "store/s3/sign.h"

struct s3 {
	struct store store;
	const struct s3_dialect *dialect;
	struct http *http;
	struct s3_credentials *credentials;
	char *name;   /* "s3://bucket/prefix/", for messages */
	char *prefix; /* of keys: "a/b/", or "" */
	char *origin, *host; /* "https://host:port", and without the scheme */
	char *base;   /* of paths, encoded: "/bucket", or "" where the bucket is in the host */
	char *region, *ca_file;
	char *storage_class, *encryption, *encryption_key;
	const char *lock_mode; /* NULL: objects are not locked */
	int64_t lock_s;
	bool by_aws;  /* AWS's own endpoint */
	atomic_bool conditions_kept;   /* the condition was seen to be obeyed, or is known to be */
	atomic_bool conditions_unknown; /* the server knows none */
	atomic_bool checksums_unknown; /* likewise sums of the body */
};

/* Until when an object is locked. */
#define S3_LOCKED_UNTIL "x-amz-object-lock-retain-until-date"

static inline struct s3 *s3_of(struct store *store)
{
	return (struct s3 *)store;
}

/* Where a store is: fills origin, host, base, region, .. by the target and the provider's own settings of the
 * environment. */
fallible s3_place(const struct store_target *target, struct s3 *s3) MUST_CHECK;

/* ---- requests (call.c) ---- */

/* What is said of the body's sum, where the server knows of it. */
enum s3_checksum { S3_CHECKSUM_NONE, S3_CHECKSUM_OF_BODY, S3_CHECKSUM_TO_COME };

struct s3_call {
	const char *method;
	const char *name; /* of the object; NULL: the bucket */
	struct s3_parameter parameters[6];
	size_t parameter_count;
	struct strings headers; /* "Name: value"; cleaned up by s3_call_cleanup */
	const char *body;
	size_t body_size;
	enum s3_checksum checksum;
	size_t answer_limit;
	const struct sink *out; /* of a body with the status `good` */
	long good;
	long tolerated[4]; /* statuses over 299 that are no errors; a bucket that is not there always is one */
	fallible (*prepare)(struct s3_call *call, struct strings *headers); /* before each try; may change `good` */
	fallible (*begin)(struct s3_call *call, const struct http_answer *answer);
	bool error_within; /* an answer of 200 may be an error (CompleteMultipartUpload) */
	bool parting;      /* as in net/http.h */
	bool anonymous;    /* as somebody without credentials */
	void *state;
};
void s3_call_cleanup(struct s3_call *call);
void s3_parameter(struct s3_call *call, const char *name, const char *value); /* borrowed */
void s3_header(struct s3_call *call, const char *format, ...) PRINTF(2, 3);

fallible s3_send(struct s3 *s3, struct s3_call *call, struct http_answer *answer) MUST_CHECK;

/* ---- what the server says when it refuses (error.c) ---- */

struct s3_said {
	char *code, *message, *region; /* NULL where it does not say */
};
void s3_said_cleanup(struct s3_said *said);
void s3_said_read(const struct http_answer *answer, struct s3_said *said);

/* Whether it may be otherwise in a while. */
bool s3_said_passing(const struct http_answer *answer, const struct s3_said *said);

/* `name` NULL: the bucket. `token` is hidden if it is repeated. */
fallible s3_refusal(const struct s3 *s3, const char *name, const struct http_answer *answer, const struct s3_said *said,
		    const char *token) MUST_CHECK;

/* ---- STORE_NEW (create.c) ---- */

/* A write that must be told apart from those of others: when an answer was lost, the object itself tells whose it is.
 */
#define S3_MARK_SIZE 37
struct s3_creating {
	const char *name;
	enum store_writing writing;
	char mark[S3_MARK_SIZE];
};

/* For STORE_NEW on a server that may not keep it: ERR_NO where there is one already. */
fallible s3_creating_begin(struct s3 *s3, struct s3_creating *creating) MUST_CHECK;
/* Adds the condition, and tolerates what may come of it. */
void s3_creating_condition(const struct s3 *s3, const struct s3_creating *creating, struct s3_call *call);
/* Looks at the answer to such a call. `*again`: without the condition, which the server does not know. ERR_NO: there is
 * one, which is not that of this write. */
fallible s3_creating_end(struct s3 *s3, const struct s3_creating *creating, const struct http_answer *answer,
			 bool *again) MUST_CHECK;

/* ---- objects ---- */

/* The headers of what a new object is to be: class, encryption, mark. */
void s3_kind_headers(const struct s3 *s3, const struct s3_creating *creating, struct s3_call *call);
fallible s3_put_whole(struct s3 *s3, struct s3_creating *creating, const char *bytes, size_t size) MUST_CHECK;
fallible s3_head(struct s3 *s3, const char *name, bool *found, struct http_answer *answer) MUST_CHECK;
fallible s3_first_page(struct s3 *s3, struct http_answer *answer) MUST_CHECK; /* of a list, one entry long */

/* ---- the functions of the driver ---- */

bool s3_can(struct store *store, enum store_feature feature);
fallible s3_put(struct store *store, const char *name, const char *bytes, size_t size,
		enum store_writing writing) MUST_CHECK;
fallible s3_upload_begin(struct store *store, const char *name, enum store_writing writing,
			 struct store_upload **upload) MUST_CHECK;
fallible s3_upload_write(struct store_upload *upload, const char *bytes, size_t size) MUST_CHECK;
fallible s3_upload_end(struct store_upload *upload) MUST_CHECK;
void s3_upload_free(struct store_upload *upload);
fallible s3_remove(struct store *store, const char *name) MUST_CHECK;
fallible s3_look(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;
fallible s3_lock_anew(struct store *store, const char *name, bool *found, struct store_object *object) MUST_CHECK;
fallible s3_get(struct store *store, const char *name, uint64_t offset, uint64_t size,
		const struct sink *out) MUST_CHECK;
fallible s3_list(struct store *store, const char *prefix, store_lister *lister, void *state) MUST_CHECK;
fallible s3_time(struct store *store, const char *scratch, int64_t *now) MUST_CHECK;
fallible s3_tidy(struct store *store, store_chooser *is_ours, int64_t before, size_t *count) MUST_CHECK;
fallible s3_facts(struct store *store, struct store_facts *facts) MUST_CHECK;

#endif
