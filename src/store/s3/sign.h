/* AWS Signature Version 4, as S3 wants it. Source: "Authenticating Requests: Using the Authorization Header", Amazon S3
 * API Reference (sig-v4-header-based-auth).
 *
 * Own code, since libcurl's (CURLOPT_AWS_SIGV4) is unsound for S3 in what Debian ships: 7.88 signs paths and queries as
 * they stand, neither sorted nor encoded (mended between 8.3 and 8.20). tests/real/test_store_s3.py shows it. */
#ifndef STORE_S3_SIGN_H
#define STORE_S3_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* The names that the algorithm goes by. Google's Cloud Storage has the same under its own, and refuses a request with
 * headers of both families (ExcessHeaderValues). Source: "Signatures" and "Canonical requests", Cloud Storage
 * documentation (docs/authentication). */
struct s3_signing {
	const char *algorithm; /* "AWS4-HMAC-SHA256" */
	const char *start;     /* of the first key, before the secret: "AWS4" */
	const char *service, *request; /* of the scope: "s3", "aws4_request" */
	const char *headers;   /* how the names of headers of its own begin: "x-amz-" */
};
extern const struct s3_signing s3_signing_aws, s3_signing_google;

/* Who signs; borrowed. */
struct s3_signer {
	const struct s3_signing *signing;
	const char *access_key, *secret_key, *session_token; /* the token NULL: none */
	const char *region;
};

/* Of an object's name: each part encoded, once, "/" as it is. Of anything else "/" is encoded too. */
void s3_encode_path(struct str *out, const char *path);
void s3_encode(struct str *out, const char *text);

/* The parameters of a query, in any order; a value may be "". */
struct s3_parameter {
	const char *name, *value;
};

/* "a=1&b=" encoded and sorted, as it is both sent and signed. */
void s3_query(struct str *out, const struct s3_parameter *parameters, size_t count);

#define S3_HASH_SIZE 32
#define S3_HEX_SIZE (2 * S3_HASH_SIZE + 1)
void s3_hash(const char *bytes, size_t size, unsigned char hash[static S3_HASH_SIZE]); /* SHA-256 */
void s3_hex(const unsigned char hash[static S3_HASH_SIZE], char text[static S3_HEX_SIZE]);

struct s3_to_sign {
	const char *method;
	const char *path;  /* encoded, as it is sent */
	const char *query; /* of s3_query; may be "" */
	const char *payload; /* the body's SHA-256 in hexadecimal digits */
	int64_t now;       /* seconds since 1970 */
};

/* `headers` ("name: value", any case, "host" among them) are those that are signed: all that are there. It adds
 * x-amz-date, x-amz-content-sha256, x-amz-security-token where there is a token (or x-goog-..), and Authorization. */
void s3_sign(const struct s3_signer *signer, const struct s3_to_sign *request, struct strings *headers);

#endif
