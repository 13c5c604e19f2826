/* What the parts of crypto/age.h share; for these alone. Numbers and names are those of https://c2sp.org/age. */
#ifndef CRYPTO_AGE_FORMAT_H
#define CRYPTO_AGE_FORMAT_H

#include "base/str.h"
#include "crypto/age.h"

#define AGE_VERSION "age-encryption.org/v1\n"
#define AGE_VERSION_LENGTH (sizeof AGE_VERSION - 1)
#define AGE_STANZA_LENGTH 98 /* of X25519: "-> X25519 ", 43 letters, newline, 43 letters, newline */
#define AGE_END_LENGTH 48    /* "--- ", 43 letters, newline */
#define AGE_KEY_LETTERS 43   /* of 32 bytes as base64 without padding */
#define AGE_FILE_KEY_SIZE 16
#define AGE_WRAPPED_SIZE (AGE_FILE_KEY_SIZE + AGE_TAG_SIZE)
#define AGE_NONCE_SIZE 16
#define AGE_SEALED_SIZE (AGE_CHUNK_SIZE + AGE_TAG_SIZE)

/* The longest header that is written or read: what is not an age file can't fill the memory. 10,000 recipients. */
#define AGE_LONGEST_HEADER ((size_t)1 << 20)

/* Before the first use of a primitive: libsodium picks the code that is fastest on this machine. */
void age_ready(void);

/* ---- keys ---- */

struct age_key {
	unsigned char bytes[AGE_KEY_SIZE];
};
void age_key_cleanup(struct age_key *key); /* wipes it */

struct age_file_key {
	unsigned char bytes[AGE_FILE_KEY_SIZE];
};
void age_file_key_cleanup(struct age_file_key *key);

/* The key that the file key is wrapped with for a recipient, from either side: `secret` and `point` are ephemeral
 * secret and recipient, or identity and ephemeral share. False where the point is one of low order: what they share
 * would be the same for everybody. */
bool age_wrap_key(const unsigned char secret[static AGE_KEY_SIZE], const unsigned char point[static AGE_KEY_SIZE],
		  const unsigned char share[static AGE_KEY_SIZE], const unsigned char recipient[static AGE_KEY_SIZE],
		  struct age_key *key);

void age_payload_key(const struct age_file_key *file_key, const unsigned char nonce[static AGE_NONCE_SIZE],
		     struct age_key *key);

/* Of a header up to and including "---". */
void age_header_mac(const struct age_file_key *file_key, const char *header, size_t size,
		    unsigned char mac[static AGE_KEY_SIZE]);

/* ---- the header ---- */

/* Appends that of a file. ERR_INPUT for no recipients, more than a header takes, or one of low order. */
fallible age_header_write(const struct age_recipients *recipients, const struct age_file_key *file_key,
			  struct str *out) MUST_CHECK;

/* Gathers header and nonce of a file that arrives in pieces. Starts as {0}. */
struct age_header {
	struct str text;
	size_t line; /* where the line begins that is being gathered */
	size_t size; /* of the header, once it is whole; the nonce follows */
};
void age_header_cleanup(struct age_header *header);

/* Takes what belongs to it from the front of `bytes`. ERR_INPUT as soon as it can't become a header. */
fallible age_header_feed(struct age_header *header, const char *bytes, size_t size, size_t *taken) MUST_CHECK;
bool age_header_is_whole(const struct age_header *header);

/* ERR_INPUT for what ended too early, in the words that fit best. */
fallible age_header_cut_off(const struct age_header *header) MUST_CHECK;

/* The key of the payload, from a header that is whole. ERR_INPUT: damaged; ERR_PERMISSION: for none of them. */
fallible age_header_open(const struct age_header *header, const struct age_identities *identities,
			 struct age_key *payload) MUST_CHECK;

/* One after the other: each line of a header's stanzas is read by age_stanza.c. */
struct age_stanza {
	const char *type; /* the first argument; borrowed, as the next one is, and not terminated */
	size_t type_length;
	const char *argument; /* the second one, or NULL */
	size_t argument_length;
	size_t arguments; /* with the type */
	unsigned char body[AGE_WRAPPED_SIZE]; /* its beginning */
	size_t body_size;
};

/* Reads the stanza at `*at` and moves it behind it; all lines before `end` end in a newline. NULL, or what is wrong
 * with it. */
const char *age_stanza_read(const char **at, const char *end, struct age_stanza *stanza) MUST_CHECK;
bool age_stanza_is(const struct age_stanza *stanza, const char *type);

/* Base64 without padding that stands for just `size` bytes and is the only way to write them. */
bool age_base64_decode(const char *text, size_t length, unsigned char *bytes, size_t size) MUST_CHECK;
void age_base64_add(struct str *out, const unsigned char *bytes, size_t size);

/* ---- the payload ---- */

void age_chunk_seal(const unsigned char key[static AGE_KEY_SIZE], uint64_t number, bool last, const char *plain,
		    size_t size, char *sealed);
/* `size` is that of the sealed chunk. False if it is not what was sealed there. */
bool age_chunk_open(const unsigned char key[static AGE_KEY_SIZE], uint64_t number, bool last, const char *sealed,
		    size_t size, char *plain) MUST_CHECK;
/* The error for one that is not, `size` bytes from `place` on. */
fallible age_chunk_damaged(uint64_t place, size_t size) MUST_CHECK;

#endif
