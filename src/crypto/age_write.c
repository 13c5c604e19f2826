#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "crypto/age_format.h"

/* What the sink is given at a time: a quarter of a megabyte is still in the core's second cache then. */
#define CHUNKS_A_PIECE 4

struct age_writer {
	const struct sink *out;
	struct age_key key;
	bool failed; /* and so hands nothing more over */
	uint64_t number; /* of the chunk that comes next */
	size_t held;     /* plain bytes that wait for more */
	size_t ready;    /* sealed bytes that the sink has not been given */
	char plain[AGE_CHUNK_SIZE];
	char sealed[CHUNKS_A_PIECE * AGE_SEALED_SIZE];
};

/* Header and nonce; nothing but the key of the payload is left after it. */
static fallible begin(struct age_writer *writer, const struct age_recipients *recipients)
{
	AUTO(age_file_key) struct age_file_key file_key;
	AUTO(str) struct str header = {0};
	unsigned char nonce[AGE_NONCE_SIZE];
	random_bytes(file_key.bytes, sizeof file_key.bytes);
	random_bytes(nonce, sizeof nonce);
	TRY(age_header_write(recipients, &file_key, &header));
	age_payload_key(&file_key, nonce, &writer->key);
	str_add_n(&header, (const char *)nonce, sizeof nonce);
	return sink_take(writer->out, header.data, header.size);
}

fallible age_writer_open(const struct age_recipients *recipients, const struct sink *out, struct age_writer **writer)
{
	age_ready();
	AUTO(age_writer) struct age_writer *opened = mem_new(1, sizeof *opened);
	opened->out = out;
	TRY(begin(opened, recipients));
	*writer = opened;
	opened = NULL;
	return NULL;
}

/* After an error the file has a hole, whoever goes on. */
static fallible hand_over(struct age_writer *writer)
{
	if (writer->failed)
		return error_new(ERR_FAILED, "the age file could not be written");
	size_t size = writer->ready;
	writer->ready = 0;
	struct error *error = sink_take(writer->out, writer->sealed, size);
	writer->failed = error != NULL;
	return error;
}

static fallible seal(struct age_writer *writer, bool last, const char *plain, size_t size)
{
	if (writer->ready + AGE_SEALED_SIZE > sizeof writer->sealed)
		TRY(hand_over(writer));
	age_chunk_seal(writer->key.bytes, writer->number++, last, plain, size, writer->sealed + writer->ready);
	writer->ready += size + AGE_TAG_SIZE;
	return NULL;
}

static void hold(struct age_writer *writer, const char *bytes, size_t size)
{
	memcpy(writer->plain + writer->held, bytes, size);
	writer->held += size;
}

/* A full chunk is sealed when there is more to come: the last one is sealed otherwise. */
fallible age_write(struct age_writer *writer, const char *bytes, size_t size)
{
	if (!size)
		return NULL;
	if (writer->held) {
		size_t room = sizeof writer->plain - writer->held, taken = size < room ? size : room;
		hold(writer, bytes, taken);
		bytes += taken;
		size -= taken;
		if (!size)
			return NULL;
		writer->held = 0;
		TRY(seal(writer, false, writer->plain, sizeof writer->plain));
	}
	for (; size > AGE_CHUNK_SIZE; bytes += AGE_CHUNK_SIZE, size -= AGE_CHUNK_SIZE)
		TRY(seal(writer, false, bytes, AGE_CHUNK_SIZE));
	hold(writer, bytes, size);
	return NULL;
}

fallible age_writer_end(struct age_writer *writer)
{
	TRY(seal(writer, true, writer->plain, writer->held));
	return hand_over(writer);
}

void age_writer_free(struct age_writer *writer)
{
	if (!writer)
		return;
	age_key_cleanup(&writer->key);
	free(writer);
}

uint64_t age_size(size_t recipients, uint64_t size)
{
	uint64_t chunks = size ? (size - 1) / AGE_CHUNK_SIZE + 1 : 1;
	return AGE_VERSION_LENGTH + (uint64_t)recipients * AGE_STANZA_LENGTH + AGE_END_LENGTH + AGE_NONCE_SIZE + size +
	       chunks * AGE_TAG_SIZE;
}
