#include "backup/compressor.h"

#include <zstd.h>

fallible compress(struct compressor *compressor, const char *bytes, size_t size, const struct str **frame)
{
	if (!compressor->context) {
		compressor->context = ZSTD_createCCtx();
		if (!compressor->context)
			return error_new(ERR_FAILED, "zstd: out of memory");
		ZSTD_CCtx_setParameter(compressor->context, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
	}
	str_clear(&compressor->frame);
	str_reserve(&compressor->frame, ZSTD_compressBound(size));
	size_t made = ZSTD_compress2(compressor->context, compressor->frame.data, compressor->frame.room, bytes, size);
	if (ZSTD_isError(made))
		return error_new(ERR_FAILED, "zstd: %s", ZSTD_getErrorName(made));
	compressor->frame.size = made;
	*frame = &compressor->frame;
	return NULL;
}

void compressor_cleanup(struct compressor *compressor)
{
	ZSTD_freeCCtx(compressor->context);
	str_cleanup(&compressor->frame);
}
