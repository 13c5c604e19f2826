#include "backup/compressor.h"

#include <zstd.h>

#include "base/memory.h"

fallible compress(struct compressor *compressor, const char *bytes, size_t size, const struct str **frame)
{
	if (!compressor->context) {
		compressor->context = ZSTD_createCCtx();
		if (!compressor->context)
			return error_new(ERR_FAILED, "zstd: out of memory");
		ZSTD_CCtx_setParameter(compressor->context, ZSTD_c_compressionLevel,
				       compressor->level ? compressor->level : COMPRESSION_DEFAULT);
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

static fallible make_context(struct decompressor *decompressor)
{
	if (!decompressor->context) {
		decompressor->context = ZSTD_createDCtx();
		decompressor->piece = mem_new(1, ZSTD_DStreamOutSize());
	}
	if (!decompressor->context)
		return error_new(ERR_FAILED, "zstd: out of memory");
	ZSTD_DCtx_reset(decompressor->context, ZSTD_reset_session_only);
	return NULL;
}

fallible decompress(struct decompressor *decompressor, const char *bytes, size_t size, uint64_t limit,
		    const struct sink *out)
{
	TRY(make_context(decompressor));
	const size_t room = ZSTD_DStreamOutSize();
	ZSTD_inBuffer in = {bytes, size, 0};
	size_t left = 1; /* of a frame; 0: it is whole */
	for (size_t made = room; in.pos < in.size || made == room;) {
		ZSTD_outBuffer piece = {decompressor->piece, room, 0};
		left = ZSTD_decompressStream(decompressor->context, &piece, &in);
		if (ZSTD_isError(left))
			return error_new(ERR_INPUT, "zstd: %s", ZSTD_getErrorName(left));
		made = piece.pos;
		if (made > limit)
			return error_new(ERR_INPUT, "there is more in it than there should be");
		limit -= made;
		if (made)
			TRY(sink_take(out, decompressor->piece, made));
		if (!left && in.pos == in.size)
			return NULL;
	}
	return error_new(ERR_INPUT, "zstd: it is cut off");
}

void decompressor_cleanup(struct decompressor *decompressor)
{
	ZSTD_freeDCtx(decompressor->context);
	free(decompressor->piece);
}
