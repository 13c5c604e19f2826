#include <string.h>

#include "base/memory.h"
#include "crypto/age_format.h"

#define CHUNKS_A_PIECE 4 /* as in age_write.c */

struct age_reader {
	const struct age_identities *identities;
	const struct sink *out;
	struct age_header header;
	struct age_key key;
	bool opened; /* the header is, and `key` that of the payload */
	bool failed; /* and so takes nothing more */
	uint64_t number; /* of the chunk that comes next */
	size_t held;     /* sealed bytes that wait for more */
	size_t ready;    /* plain bytes that the sink has not been given */
	char sealed[AGE_SEALED_SIZE];
	char plain[CHUNKS_A_PIECE * AGE_CHUNK_SIZE];
};

struct age_reader *age_reader_new(const struct age_identities *identities, const struct sink *out)
{
	age_ready();
	struct age_reader *reader = mem_new(1, sizeof *reader);
	reader->identities = identities;
	reader->out = out;
	return reader;
}

static fallible hand_over(struct age_reader *reader)
{
	size_t size = reader->ready;
	reader->ready = 0;
	return size ? sink_take(reader->out, reader->plain, size) : NULL;
}

static char *room_for_a_chunk(struct age_reader *reader)
{
	return reader->plain + reader->ready;
}

/* Where in the file the next chunk begins. */
static uint64_t place(const struct age_reader *reader)
{
	return reader->header.text.size + reader->number * AGE_SEALED_SIZE;
}

/* What has been opened before is as it was written, so it is handed over first. */
static fallible damaged(struct age_reader *reader, size_t size)
{
	uint64_t at = place(reader);
	TRY(hand_over(reader));
	return age_chunk_damaged(at, size);
}

/* A chunk that can't be opened as what it should be: if it can as the other kind, then it is whole, and what is wrong
 * is where the file ends. */
static fallible wrong_chunk(struct age_reader *reader, bool last, const char *sealed, size_t size)
{
	if (size < AGE_SEALED_SIZE ||
	    !age_chunk_open(reader->key.bytes, reader->number, !last, sealed, size, room_for_a_chunk(reader)))
		return damaged(reader, size);
	reader->ready += AGE_CHUNK_SIZE;
	uint64_t end = place(reader) + AGE_SEALED_SIZE;
	TRY(hand_over(reader));
	return error_new(ERR_INPUT, last ? "the age file was cut off after %llu bytes"
					 : "there is something behind the end of the age file, from byte %llu on",
			 (unsigned long long)end);
}

static fallible open_chunk(struct age_reader *reader, bool last, const char *sealed, size_t size)
{
	if (reader->ready + AGE_CHUNK_SIZE > sizeof reader->plain)
		TRY(hand_over(reader));
	if (!age_chunk_open(reader->key.bytes, reader->number, last, sealed, size, room_for_a_chunk(reader)))
		return wrong_chunk(reader, last, sealed, size);
	reader->ready += size - AGE_TAG_SIZE;
	reader->number++;
	return NULL;
}

static void hold(struct age_reader *reader, const char *bytes, size_t size)
{
	memcpy(reader->sealed + reader->held, bytes, size);
	reader->held += size;
}

/* A full chunk is opened when there is more behind it: else it may be the last one. */
static fallible feed_payload(struct age_reader *reader, const char *bytes, size_t size)
{
	if (reader->held) {
		size_t room = sizeof reader->sealed - reader->held, taken = size < room ? size : room;
		hold(reader, bytes, taken);
		bytes += taken;
		size -= taken;
		if (!size)
			return NULL;
		reader->held = 0;
		TRY(open_chunk(reader, false, reader->sealed, sizeof reader->sealed));
	}
	for (; size > AGE_SEALED_SIZE; bytes += AGE_SEALED_SIZE, size -= AGE_SEALED_SIZE)
		TRY(open_chunk(reader, false, bytes, AGE_SEALED_SIZE));
	hold(reader, bytes, size);
	return hand_over(reader);
}

static fallible feed(struct age_reader *reader, const char *bytes, size_t size)
{
	if (!reader->opened) {
		size_t taken;
		TRY(age_header_feed(&reader->header, bytes, size, &taken));
		if (!age_header_is_whole(&reader->header))
			return NULL;
		TRY(age_header_open(&reader->header, reader->identities, &reader->key));
		reader->opened = true;
		bytes += taken;
		size -= taken;
	}
	return size ? feed_payload(reader, bytes, size) : NULL;
}

static fallible feed_end(struct age_reader *reader)
{
	if (!reader->opened)
		return age_header_cut_off(&reader->header);
	uint64_t end = place(reader) + reader->held;
	/* One without a byte in it is for an empty file only. */
	if (reader->held < AGE_TAG_SIZE + (reader->number > 0))
		return error_new(ERR_INPUT, "the age file was cut off after %llu bytes", (unsigned long long)end);
	TRY(open_chunk(reader, true, reader->sealed, reader->held));
	return hand_over(reader);
}

/* After an error nothing is right any more, whoever asks again. */
static fallible ended_before(void)
{
	return error_new(ERR_INPUT, "the age file could not be read");
}

fallible age_feed(struct age_reader *reader, const char *bytes, size_t size)
{
	if (reader->failed)
		return ended_before();
	struct error *error = feed(reader, bytes, size);
	reader->failed = error != NULL;
	return error;
}

fallible age_feed_end(struct age_reader *reader)
{
	if (reader->failed)
		return ended_before();
	struct error *error = feed_end(reader);
	reader->failed = true;
	return error;
}

void age_reader_free(struct age_reader *reader)
{
	if (!reader)
		return;
	age_header_cleanup(&reader->header);
	age_key_cleanup(&reader->key);
	free(reader);
}
