#include "store/azure/sign.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

#define LONGEST_KEY 128 /* it has 64 bytes */
#define SIGNATURE_SIZE sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL)

/* In the order in which their values are signed; the length of the body stands in the place of NULL. The date is that
 * of x-ms-date. */
static const char *const signed_headers[] = {
	"Content-Encoding", "Content-Language", NULL,	    "Content-MD5",   "Content-Type",	    "Date",
	"If-Modified-Since", "If-Match",	"If-None-Match", "If-Unmodified-Since", "Range",
};

static const char *value_of(const struct strings *headers, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < headers->count; i++) {
		const char *header = headers->items[i];
		if (!strncasecmp(header, name, size) && header[size] == ':')
			return header + size + 1 + strspn(header + size + 1, " \t");
	}
	return "";
}

static char *canonical(const char *header)
{
	struct str line = {0};
	const char *at = header;
	for (; *at && *at != ':'; at++)
		str_add_char(&line, (char)tolower((unsigned char)*at));
	at += *at == ':';
	str_add_format(&line, ":%s", at + strspn(at, " \t"));
	return str_take(&line);
}

static int by_name(const void *a, const void *b)
{
	const char *left = *(const char *const *)a, *right = *(const char *const *)b;
	size_t left_size = strcspn(left, ":"), right_size = strcspn(right, ":");
	int order = memcmp(left, right, left_size < right_size ? left_size : right_size);
	return order ? order : (left_size > right_size) - (left_size < right_size);
}

/* Headers of Azure's own, "x-ms-name:value" each. */
static void add_own_headers(struct str *text, const struct strings *headers)
{
	AUTO(strings) struct strings own = {0};
	for (size_t i = 0; i < headers->count; i++)
		if (!strncasecmp(headers->items[i], "x-ms-", strlen("x-ms-")))
			strings_add_taken(&own, canonical(headers->items[i]));
	if (own.count)
		qsort(own.items, own.count, sizeof *own.items, by_name);
	for (size_t i = 0; i < own.count; i++)
		str_add_format(text, "%s\n", own.items[i]);
}

static int by_parameter(const void *a, const void *b)
{
	return strcmp(((const struct azure_parameter *)a)->name, ((const struct azure_parameter *)b)->name);
}

static void add_parameters(struct str *text, const struct azure_to_sign *request)
{
	AUTO(memory) struct azure_parameter *sorted = mem_new(request->parameter_count + 1, sizeof *sorted);
	for (size_t i = 0; i < request->parameter_count; i++)
		sorted[i] = request->parameters[i];
	qsort(sorted, request->parameter_count, sizeof *sorted, by_parameter);
	for (size_t i = 0; i < request->parameter_count; i++)
		str_add_format(text, "\n%s:%s", sorted[i].name, sorted[i].value);
}

char *azure_string_to_sign(const struct azure_to_sign *request)
{
	struct str text = {0};
	str_add_format(&text, "%s\n", request->method);
	for (size_t i = 0; i < COUNT(signed_headers); i++) {
		if (signed_headers[i])
			str_add(&text, value_of(request->headers, signed_headers[i]));
		else if (request->body_size)
			str_add_format(&text, "%zu", request->body_size);
		str_add_char(&text, '\n');
	}
	add_own_headers(&text, request->headers);
	str_add_format(&text, "/%s%s", request->account, request->path);
	add_parameters(&text, request);
	return str_take(&text);
}

fallible azure_sign(const struct azure_to_sign *request, const char *key, char **header)
{
	unsigned char secret[LONGEST_KEY] = {0}, signature[crypto_auth_hmacsha256_BYTES];
	char encoded[SIGNATURE_SIZE];
	size_t size = 0;
	if (sodium_base642bin(secret, sizeof secret, key, strlen(key), "\r\n", &size, NULL,
			      sodium_base64_VARIANT_ORIGINAL) ||
	    !size)
		return error_hint(error_new(ERR_SETTINGS, "the key of the storage account is not in base64"),
				  "take it as `az storage account keys list` shows it");
	AUTO(memory) char *text = azure_string_to_sign(request);
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, secret, size);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
	crypto_auth_hmacsha256_final(&state, signature);
	mem_wipe(&state, sizeof state);
	mem_wipe(secret, sizeof secret);
	sodium_bin2base64(encoded, sizeof encoded, signature, sizeof signature, sodium_base64_VARIANT_ORIGINAL);
	*header = text_format("Authorization: SharedKey %s:%s", request->account, encoded);
	return NULL;
}
