/* Zstandard (RFC 8878), one frame at a time, in memory. One belongs to one thread. */
#ifndef BACKUP_COMPRESSOR_H
#define BACKUP_COMPRESSOR_H

#include "base/error.h"
#include "base/str.h"

/* zstd's own default: each step beyond it costs about as much time as all that it does until there. */
#define COMPRESSION_LEVEL 3

struct compressor {
	struct ZSTD_CCtx_s *context; /* made when first needed */
	struct str frame;
};

/* *frame: borrowed until the next call. */
fallible compress(struct compressor *compressor, const char *bytes, size_t size, const struct str **frame) MUST_CHECK;
void compressor_cleanup(struct compressor *compressor);

#endif
