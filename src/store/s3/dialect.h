/* What servers of this family do differently, as a table: S3, and the XML API of Google Cloud Storage. Sources: Amazon
 * S3 API Reference; "XML API reference", "Request preconditions" (which are refused for multipart uploads), "Simple
 * migration from Amazon S3", Cloud Storage documentation.
 *
 *                     S3                                 Google
 *   headers           x-amz-..                           x-goog-.., and never both families in one request
 *   a new object      If-None-Match: *                   x-goog-if-generation-match: 0 (the other is ignored)
 *   a large one       multipart upload                   resumable upload, which takes the condition
 *   the body's sum    x-amz-checksum-sha256              Content-MD5
 *   names in a list   encoded where they are asked to    as XML has them
 *   region            of the bucket                      "auto"
 *   credentials       AWS's own chain                    HMAC keys, else tokens (store/s3/credentials.h)
 */
#ifndef STORE_S3_DIALECT_H
#define STORE_S3_DIALECT_H

#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"
#include "store/s3/sign.h"

struct s3;
struct s3_sources;
struct s3_upload;

/* How an object larger than a part gets there: `start`, then `send` for each part, then `finish` with the last bytes.
 * `abandon` takes one away that has begun, `tidy` those that others left (store_tidy). */
struct s3_transfer {
	fallible (*start)(struct s3 *s3, struct s3_upload *upload);
	fallible (*send)(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size);
	fallible (*finish)(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size);
	fallible (*abandon)(struct s3 *s3, struct s3_upload *upload);
	fallible (*tidy)(struct s3 *s3, store_chooser *is_ours, int64_t before, size_t *count); /* NULL: no need */
};
extern const struct s3_transfer s3_multipart, s3_resumable;

struct s3_dialect {
	const char *scheme;
	const struct s3_signing *signing;
	const struct s3_sources *sources;
	const char *mark;      /* the header by which a write tells its own object apart (s3.h) */
	const char *condition; /* the header of STORE_NEW */
	bool keeps_condition;  /* known without a try */
	bool sums_md5;
	bool encodes_lists;
	const struct s3_transfer *transfer;
	/* Region and endpoint where the target has none, by the environment. To be freed; `*own`: the endpoint is the
	 * provider's. */
	fallible (*place)(const struct store_target *target, char **region, char **endpoint, bool *own);
	const char *ca_variable;      /* of the environment: authorities that are trusted; NULL: none */
	const char *endpoint_variables; /* for messages */
	const char *rights;           /* what is to be granted, for messages */
};
extern const struct s3_dialect s3_dialect_aws, s3_dialect_google;

#endif
