/* Packets of SFTP, version 3, which is what OpenSSH speaks. Source: draft-ietf-secsh-filexfer-02, and what OpenSSH adds
 * to it (its PROTOCOL, section 4). Only for src/store/sftp. */
#ifndef STORE_SFTP_PACKET_H
#define STORE_SFTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum sftp_type {
	SFTP_INIT = 1,
	SFTP_VERSION = 2,
	SFTP_OPEN = 3,
	SFTP_CLOSE = 4,
	SFTP_READ = 5,
	SFTP_WRITE = 6,
	SFTP_LSTAT = 7,
	SFTP_FSTAT = 8,
	SFTP_OPENDIR = 11,
	SFTP_READDIR = 12,
	SFTP_REMOVE = 13,
	SFTP_MKDIR = 14,
	SFTP_STAT = 17,
	SFTP_RENAME = 18,
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_DATA = 103,
	SFTP_NAME = 104,
	SFTP_ATTRIBUTES = 105,
	SFTP_EXTENDED = 200,
	SFTP_EXTENDED_REPLY = 201,
};

enum sftp_code {
	SFTP_OK = 0,
	SFTP_EOF = 1,
	SFTP_NO_SUCH_FILE = 2,
	SFTP_PERMISSION_DENIED = 3,
	SFTP_FAILURE = 4, /* whatever has no number of its own: a full disk, a name that is taken, .. */
	SFTP_BAD_MESSAGE = 5,
	SFTP_NO_CONNECTION = 6,
	SFTP_CONNECTION_LOST = 7,
	SFTP_UNSUPPORTED = 8,
};

/* What a file is opened for. */
#define SFTP_FOR_READING 0x01u
#define SFTP_FOR_WRITING 0x02u
#define SFTP_MAKING 0x08u
#define SFTP_EMPTYING 0x10u

/* What a file is; of what the server does not say, `told` lacks the bit, and it is 0. */
#define SFTP_TELLS_SIZE 0x01u
#define SFTP_TELLS_MODE 0x04u
#define SFTP_TELLS_TIMES 0x08u
struct sftp_attributes {
	uint32_t told, mode; /* the mode is POSIX's, with the kind of file */
	uint64_t size;
	uint32_t modified; /* s since 1970 */
};

/* ---- reading: beyond the end everything is 0 or empty, and `broken` ---- */

struct sftp_reader {
	const char *at;
	size_t left;
	bool broken;
};
uint32_t sftp_read_u32(struct sftp_reader *reader);
uint64_t sftp_read_u64(struct sftp_reader *reader);
const char *sftp_read_string(struct sftp_reader *reader, size_t *size); /* borrowed; without a NUL at its end */
void sftp_read_attributes(struct sftp_reader *reader, struct sftp_attributes *attributes);

/* ---- writing ---- */

void sftp_add_u32(struct str *out, uint32_t number);
void sftp_add_u64(struct str *out, uint64_t number);
void sftp_add_string(struct str *out, const char *bytes, size_t size);
void sftp_add_text(struct str *out, const char *text);
void sftp_add_mode(struct str *out, uint32_t mode); /* as the only attribute */

#endif
