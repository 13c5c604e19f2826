#include "crypto/jwt.h"

#include <sodium.h>
#include <string.h>

#include "base/memory.h"

void base64url_add(struct str *out, const void *bytes, size_t size)
{
	size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	str_reserve(out, room);
	sodium_bin2base64(out->data + out->size, room, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	out->size += room - 1; /* of the room one is the NUL */
}

char *jwt_hs256(const char *claims, const char *key)
{
	static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	unsigned char signature[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	struct str token = {0};
	base64url_add(&token, header, sizeof header - 1);
	str_add_char(&token, '.');
	base64url_add(&token, claims, strlen(claims));
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)token.data, token.size);
	crypto_auth_hmacsha256_final(&state, signature);
	mem_wipe(&state, sizeof state);
	str_add_char(&token, '.');
	base64url_add(&token, signature, sizeof signature);
	return str_take(&token);
}
