#include "crypto/rs256.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/memory.h"

/* Nobody is asked for a passphrase: it is "". */
static EVP_PKEY *read_key(const char *key)
{
	char none[] = "";
	BIO *text = BIO_new_mem_buf(key, -1);
	EVP_PKEY *read = text ? PEM_read_bio_PrivateKey(text, NULL, NULL, none) : NULL;
	BIO_free(text);
	return read;
}

static bool sign(EVP_MD_CTX *context, EVP_PKEY *key, const char *bytes, size_t size, struct str *signature)
{
	size_t room = 0;
	const unsigned char *from = (const unsigned char *)bytes;
	if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(context, NULL, &room, from, size) != 1)
		return false;
	AUTO(memory) unsigned char *made = mem_new(room, 1);
	if (EVP_DigestSign(context, made, &room, from, size) != 1)
		return false;
	str_add_n(signature, (const char *)made, room);
	return true;
}

fallible rs256_sign(const char *key, const char *bytes, size_t size, struct str *signature)
{
	EVP_PKEY *read = read_key(key);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = read && context && EVP_PKEY_base_id(read) == EVP_PKEY_RSA &&
		    sign(context, read, bytes, size, signature);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(read);
	ERR_clear_error();
	return done ? NULL : error_new(ERR_INPUT, "the private key is none of RSA in PEM, or can't sign");
}
