#include "crypto/md5.h"

#include <string.h>

#define BLOCK_SIZE 64
#define LENGTH_AT 56 /* in the last block */

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotated(uint32_t value, unsigned by)
{
	return value << by | value >> (32 - by);
}

static uint32_t word_of(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The function and the word of a step, by its round. */
static uint32_t mixed(unsigned step, uint32_t b, uint32_t c, uint32_t d, unsigned *word)
{
	switch (step / 16) {
	case 0:
		*word = step;
		return (b & c) | (~b & d);
	case 1:
		*word = (5 * step + 1) % 16;
		return (d & b) | (~d & c);
	case 2:
		*word = (3 * step + 5) % 16;
		return b ^ c ^ d;
	default:
		*word = 7 * step % 16;
		return c ^ (b | ~d);
	}
}

static void take_block(struct md5 *md5, const unsigned char *block)
{
	uint32_t words[16], a = md5->state[0], b = md5->state[1], c = md5->state[2], d = md5->state[3];
	for (unsigned i = 0; i < 16; i++)
		words[i] = word_of(block + 4 * (size_t)i);
	for (unsigned step = 0; step < 64; step++) {
		unsigned word;
		uint32_t sum = a + mixed(step, b, c, d, &word) + sines[step];
		sum = b + rotated(sum + words[word], shifts[step / 16][step % 4]);
		a = d;
		d = c;
		c = b;
		b = sum;
	}
	md5->state[0] += a;
	md5->state[1] += b;
	md5->state[2] += c;
	md5->state[3] += d;
}

void md5_begin(struct md5 *md5)
{
	*md5 = (struct md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_add(struct md5 *md5, const char *bytes, size_t size)
{
	const unsigned char *from = (const unsigned char *)bytes;
	size_t there = md5->size % BLOCK_SIZE;
	md5->size += size;
	while (there + size >= BLOCK_SIZE) {
		size_t take = BLOCK_SIZE - there;
		if (there)
			memcpy(md5->block + there, from, take);
		take_block(md5, there ? md5->block : from);
		from += take;
		size -= take;
		there = 0;
	}
	if (size)
		memcpy(md5->block + there, from, size);
}

void md5_end(struct md5 *md5, unsigned char sum[static MD5_SIZE])
{
	static const char padding[BLOCK_SIZE] = {'\x80'};
	char length[8];
	uint64_t bits = md5->size * 8;
	size_t there = md5->size % BLOCK_SIZE;
	for (unsigned i = 0; i < sizeof length; i++)
		length[i] = (char)(bits >> 8 * i);
	md5_add(md5, padding, (there < LENGTH_AT ? LENGTH_AT : LENGTH_AT + BLOCK_SIZE) - there);
	md5_add(md5, length, sizeof length);
	for (unsigned i = 0; i < MD5_SIZE; i++)
		sum[i] = (unsigned char)(md5->state[i / 4] >> 8 * (i % 4));
}
