/* MD5 (RFC 1321), by which Azure checks what it was sent: a sum against accidents, and no more than that. None of the
 * libraries that owctl is linked with has it for others. */
#ifndef CRYPTO_MD5_H
#define CRYPTO_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_SIZE 16

struct md5 {
	uint32_t state[4];
	uint64_t size; /* of what was added */
	unsigned char block[64]; /* what is not a whole one yet */
};
void md5_begin(struct md5 *md5);
void md5_add(struct md5 *md5, const char *bytes, size_t size);
void md5_end(struct md5 *md5, unsigned char sum[static MD5_SIZE]);

#endif
