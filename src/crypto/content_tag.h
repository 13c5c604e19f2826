/* A short sum by which the same content is known again: Poly1305 (RFC 8439, 2.5). With a key that nobody knows who
 * chose the contents, two different ones of n bytes have the same with a chance of at most n / 2^105, as long as no
 * sum is shown to him; so the key may serve for many, which as a message authentication code it may not. */
#ifndef CRYPTO_CONTENT_TAG_H
#define CRYPTO_CONTENT_TAG_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#define CONTENT_TAG_SIZE crypto_onetimeauth_BYTES
#define CONTENT_TAG_KEY_SIZE crypto_onetimeauth_KEYBYTES

struct content_tag {
	crypto_onetimeauth_state state;
};

static inline void content_tag_begin(struct content_tag *tag, const unsigned char key[static CONTENT_TAG_KEY_SIZE])
{
	crypto_onetimeauth_init(&tag->state, key);
}
static inline void content_tag_add(struct content_tag *tag, const void *bytes, size_t size)
{
	crypto_onetimeauth_update(&tag->state, bytes, size);
}
static inline void content_tag_end(struct content_tag *tag, unsigned char out[static CONTENT_TAG_SIZE])
{
	crypto_onetimeauth_final(&tag->state, out);
}

#endif
