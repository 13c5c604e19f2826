#include "base/random.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"

void random_bytes(void *buffer, size_t size)
{
	/* One system call serves many ids: an import makes three a row. */
	static _Thread_local unsigned char pool[4096];
	static _Thread_local size_t left;
	unsigned char *out = buffer;
	while (size) {
		if (!left) {
			if (getrandom(pool, sizeof pool, 0) != (ssize_t)sizeof pool)
				continue;
			left = sizeof pool;
		}
		size_t take = size < left ? size : left;
		memcpy(out, pool + sizeof pool - left, take);
		mem_wipe(pool + sizeof pool - left, take);
		left -= take;
		out += take;
		size -= take;
	}
}

void random_uuid(char text[static UUID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	random_bytes(bytes, sizeof bytes);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	char *out = text;
	for (size_t i = 0; i < sizeof bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

bool text_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != '-')
			return false;
	return !text[sizeof form - 1];
}

char *random_password(size_t length)
{
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-+=";
	const size_t letters = sizeof alphabet - 1;
	char *password = mem_new(length + 1, 1);
	for (size_t i = 0; i < length;) {
		unsigned char byte;
		random_bytes(&byte, 1);
		if (byte < 256 / letters * letters)
			password[i++] = alphabet[byte % letters];
	}
	return password;
}
