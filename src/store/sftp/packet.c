#include "store/sftp/packet.h"

#include <string.h>

#define TELLS_OWNER 0x02u
#define TELLS_EXTENDED 0x80000000u

/* ---- reading ---- */

static uint64_t read_number(struct sftp_reader *reader, size_t size)
{
	uint64_t number = 0;
	if (reader->left < size) {
		reader->left = 0;
		reader->broken = true;
		return 0;
	}
	for (size_t i = 0; i < size; i++)
		number = number << 8 | (unsigned char)reader->at[i];
	reader->at += size;
	reader->left -= size;
	return number;
}

uint32_t sftp_read_u32(struct sftp_reader *reader)
{
	return (uint32_t)read_number(reader, sizeof(uint32_t));
}

uint64_t sftp_read_u64(struct sftp_reader *reader)
{
	return read_number(reader, sizeof(uint64_t));
}

const char *sftp_read_string(struct sftp_reader *reader, size_t *size)
{
	*size = sftp_read_u32(reader);
	if (*size > reader->left) {
		*size = reader->left = 0;
		reader->broken = true;
	}
	const char *text = reader->at;
	reader->at += *size;
	reader->left -= *size;
	return text;
}

void sftp_read_attributes(struct sftp_reader *reader, struct sftp_attributes *attributes)
{
	size_t size;
	*attributes = (struct sftp_attributes){.told = sftp_read_u32(reader)};
	if (attributes->told & SFTP_TELLS_SIZE)
		attributes->size = sftp_read_u64(reader);
	if (attributes->told & TELLS_OWNER)
		sftp_read_u64(reader);
	if (attributes->told & SFTP_TELLS_MODE)
		attributes->mode = sftp_read_u32(reader);
	if (attributes->told & SFTP_TELLS_TIMES) {
		sftp_read_u32(reader);
		attributes->modified = sftp_read_u32(reader);
	}
	uint32_t pairs = attributes->told & TELLS_EXTENDED ? sftp_read_u32(reader) : 0;
	for (uint32_t i = 0; i < pairs && !reader->broken; i++) {
		sftp_read_string(reader, &size);
		sftp_read_string(reader, &size);
	}
}

/* ---- writing ---- */

static void add_number(struct str *out, uint64_t number, int size)
{
	while (size--)
		str_add_char(out, (char)(number >> (8 * size) & 0xff));
}

void sftp_add_u32(struct str *out, uint32_t number)
{
	add_number(out, number, (int)sizeof number);
}

void sftp_add_u64(struct str *out, uint64_t number)
{
	add_number(out, number, (int)sizeof number);
}

void sftp_add_string(struct str *out, const char *bytes, size_t size)
{
	sftp_add_u32(out, (uint32_t)size);
	str_add_n(out, bytes, size);
}

void sftp_add_text(struct str *out, const char *text)
{
	sftp_add_string(out, text, strlen(text));
}

void sftp_add_mode(struct str *out, uint32_t mode)
{
	sftp_add_u32(out, SFTP_TELLS_MODE);
	sftp_add_u32(out, mode);
}
