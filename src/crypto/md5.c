#include "crypto/md5.h"

#include <openssl/err.h>
#include <openssl/evp.h>

bool md5_of(const void *bytes, size_t size, unsigned char out[static MD5_SIZE])
{
	bool done = EVP_Digest(bytes, size, out, NULL, EVP_md5(), NULL) == 1;
	ERR_clear_error();
	return done;
}
