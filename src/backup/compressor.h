/* Zstandard (RFC 8878), one frame at a time, in memory. Each of these belongs to one thread. */
#ifndef BACKUP_COMPRESSOR_H
#define BACKUP_COMPRESSOR_H

#include <stdint.h>

#include "base/sink.h"
#include "base/str.h"

/* zstd's own default: each step beyond it costs about as much time as all that it does until there. */
#define COMPRESSION_DEFAULT 3
/* A sixth less of time than the default, for one part in 25 more of bytes. */
#define COMPRESSION_QUICK 1
#define COMPRESSION_MOST 19 /* what is beyond takes more memory to read it, too */

struct compressor {
	int level; /* 0: COMPRESSION_DEFAULT */
	struct ZSTD_CCtx_s *context; /* made when first needed */
	struct str frame;
};

/* *frame: borrowed until the next call. */
fallible compress(struct compressor *compressor, const char *bytes, size_t size, const struct str **frame) MUST_CHECK;
void compressor_cleanup(struct compressor *compressor);

struct decompressor {
	struct ZSTD_DCtx_s *context; /* made when first needed */
	char *piece;
};

/* Gives what is in one frame or several to `out`; ERR_INPUT where they are damaged, cut off, or hold more than `limit`
 * bytes. */
fallible decompress(struct decompressor *decompressor, const char *bytes, size_t size, uint64_t limit,
		    const struct sink *out) MUST_CHECK;
void decompressor_cleanup(struct decompressor *decompressor);

#endif
