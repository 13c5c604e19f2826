/* An object that is written piece by piece. Only for upload.c and the transfers (dialect.h). */
#ifndef STORE_S3_UPLOAD_H
#define STORE_S3_UPLOAD_H

#include "store/s3/s3.h"
#include "store/web.h"

struct s3_upload {
	struct store_upload upload;
	struct s3_creating creating;
	char *name;
	char *id; /* of the transfer; NULL: there is none yet */
	struct store_pieces unsent;
	uint64_t sent;             /* bytes that the server has of it */
	struct strings tags, sums; /* of the parts so far; a sum may be "" */
};

/* The transfer is gone: whoever asked before, and got no answer, had ended it, or it was taken away. */
fallible s3_upload_gone(struct s3 *s3, const struct s3_upload *upload) MUST_CHECK;

/* ---- only for multipart*.c ---- */

/* Ends an upload without an object; one that is gone is fine. */
fallible s3_multipart_abort(struct s3 *s3, const char *name, const char *id, bool parting) MUST_CHECK;
fallible s3_multipart_tidy(struct s3 *s3, store_chooser *is_ours, int64_t before, size_t *count) MUST_CHECK;

#endif
