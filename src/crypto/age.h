/* Files that only some can read: the age format, version 1, with X25519 recipients.
 * Source: https://c2sp.org/age (C2SP/age.md). Primitives are libsodium's.
 *
 * A recipient is public ("age1..", Bech32 of 32 bytes), its identity is secret ("AGE-SECRET-KEY-1.."). A file is
 *   a header, one stanza a recipient that has the file key wrapped for it, and a MAC over the header by that key;
 *   a nonce of 16 bytes;
 *   the payload in chunks of 64 KiB, each sealed with ChaCha20-Poly1305 (16 bytes more), the last one marked as such.
 * So a cut, a swap and a flipped bit are seen. What is not seen is who wrote it: whoever knows the recipients can. */
#ifndef CRYPTO_AGE_H
#define CRYPTO_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"

#define AGE_KEY_SIZE 32
#define AGE_CHUNK_SIZE 65536 /* of plain bytes */
#define AGE_TAG_SIZE 16

/* ---- recipients, public ---- */

struct age_recipients {
	unsigned char (*keys)[AGE_KEY_SIZE]; /* in order of bytes, each once */
	size_t count;
};
void age_recipients_cleanup(struct age_recipients *recipients);

/* Adds those in a text: one a line, blank lines and lines that begin with # are passed over, as in a file for
 * `age -R`; blanks around one are, too. ERR_INPUT for anything else, with the number of the line, for one that anybody
 * could read for, and for a text without any; ssh keys and plugins are told to be none. */
fallible age_recipients_add(struct age_recipients *recipients, const char *text) MUST_CHECK;

void age_recipients_copy(struct age_recipients *to, const struct age_recipients *from); /* `to` is {0} */

/* "age1.."; to be freed. */
char *age_recipient_text(const unsigned char key[static AGE_KEY_SIZE]) MUST_CHECK;

/* ---- identities, secret ---- */

struct age_identities {
	unsigned char (*keys)[AGE_KEY_SIZE]; /* wiped by the cleanup */
	size_t count;
};
void age_identities_cleanup(struct age_identities *identities);

/* Adds those of an identity file, as `age-keygen` writes it. ERR_INPUT for anything else, and for a text without any;
 * no message holds a part of the text. */
fallible age_identities_add(struct age_identities *identities, const char *text) MUST_CHECK;

/* A new pair: "AGE-SECRET-KEY-1.." (to be released with secret_free) and its recipient. */
void age_new_identity(char **identity, unsigned char recipient[static AGE_KEY_SIZE]);

/* The recipient of an identity. */
void age_recipient_of(const unsigned char identity[static AGE_KEY_SIZE],
		      unsigned char recipient[static AGE_KEY_SIZE]);

/* ---- writing ---- */

struct age_writer;

/* The header goes to `out` (kept, borrowed) at once. At least one recipient, 10,000 at most. The sink
 * is given pieces of a quarter of a megabyte. What is written in larger ones than a chunk is sealed where it lies. */
fallible age_writer_open(const struct age_recipients *recipients, const struct sink *out,
			 struct age_writer **writer) MUST_CHECK;
fallible age_write(struct age_writer *writer, const char *bytes, size_t size) MUST_CHECK;
/* The last chunk. Without it the file is one that was cut off. */
fallible age_writer_end(struct age_writer *writer) MUST_CHECK;
void age_writer_free(struct age_writer *writer); /* wipes its keys; NULL is fine */
static inline void age_writer_cleanup(struct age_writer **writer)
{
	age_writer_free(*writer);
}

/* How many bytes a file for `recipients` has whose plain text has `size`. */
uint64_t age_size(size_t recipients, uint64_t size);

/* ---- reading ---- */

struct age_reader;

/* What is fed to it comes out at `out` (kept, borrowed, as the identities are), each chunk authenticated before; what
 * came before damage is as it was written. After an error there are but errors.
 * ERR_INPUT: not an age file, one whose header has more than 1 MiB, one in ASCII armor, or one that was damaged or cut
 * off; ERR_PERMISSION: for none of the identities, or encrypted with a passphrase. A file whose stanza was damaged is
 * one for somebody else. */
struct age_reader *age_reader_new(const struct age_identities *identities, const struct sink *out) MUST_CHECK;
fallible age_feed(struct age_reader *reader, const char *bytes, size_t size) MUST_CHECK;
/* There is no more: ERR_INPUT unless the last chunk was there and whole. */
fallible age_feed_end(struct age_reader *reader) MUST_CHECK;
void age_reader_free(struct age_reader *reader); /* wipes its keys; NULL is fine */
static inline void age_reader_cleanup(struct age_reader **reader)
{
	age_reader_free(*reader);
}

/* ---- a part of a large file ---- */

/* What is needed to open chunks of a file in any order: made from its beginning. */
struct age_opener {
	unsigned char key[AGE_KEY_SIZE]; /* of the payload */
	uint64_t payload; /* where in the file the first chunk begins */
};
void age_opener_cleanup(struct age_opener *opener); /* wipes it */

/* `bytes` are the first `size` of the file. Errors as above; ERR_INPUT if the header does not end in them, too; 64 KiB
 * are enough for any header that age_writer_open makes for up to 300 recipients. */
fallible age_opener_begin(const struct age_identities *identities, const char *bytes, size_t size,
			  struct age_opener *opener) MUST_CHECK;
/* Where the chunk that has the plain byte `offset` begins in the file. */
uint64_t age_chunk_place(const struct age_opener *opener, uint64_t offset);
/* Opens chunk `number` (counted from 0), `size` bytes with its tag, into `plain` (size - AGE_TAG_SIZE bytes). `last`:
 * it is the one at the end of the file. ERR_INPUT if it is not what was sealed there. */
fallible age_open_chunk(const struct age_opener *opener, uint64_t number, bool last, const char *bytes, size_t size,
			char *plain) MUST_CHECK;

#endif
