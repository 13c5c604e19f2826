#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/md5.h"
#include "crypto/sha256.h"
#include "store/web.h"

#define CHECKED_SIZE ((uint64_t)1 << 20)

static bool make_sha256(const void *bytes, size_t size, unsigned char *sum)
{
	sha256_of(bytes, size, sum);
	return true;
}

const struct store_sum store_sha256 = {"SHA-256", SHA256_SIZE, make_sha256};
const struct store_sum store_md5 = {"MD5", MD5_SIZE, md5_of};

void store_getting_cleanup(struct store_getting *getting)
{
	free(getting->tag);
	getting->tag = NULL;
	str_cleanup(&getting->bytes);
}

static fallible changed(const struct store_getting *getting)
{
	return error_hint(error_new(ERR_INPUT, "%s%s was changed while it was read", getting->place, getting->name),
			  "try again");
}

static char *range_of(uint64_t from, const struct store_getting *getting)
{
	uint64_t last = getting->offset + getting->size - 1;
	if (!getting->size)
		return text_format("Range: bytes=%" PRIu64 "-", from);
	return text_format("Range: bytes=%" PRIu64 "-%" PRIu64, from, last);
}

void store_getting_ask(struct store_getting *getting, struct strings *headers)
{
	uint64_t from = getting->offset + getting->got;
	getting->good = from || getting->size ? 206 : 200;
	if (getting->good == 206)
		strings_add_taken(headers, range_of(from, getting));
	if (getting->got && getting->tag)
		strings_add_taken(headers, text_format("If-Match: %s", getting->tag));
}

fallible store_getting_begin(struct store_getting *getting, const struct http_answer *answer)
{
	const char *range = http_header(answer, "Content-Range"), *tag = http_header(answer, "ETag");
	uint64_t from = 0, length;
	if (getting->good == 206 && (!range || strncmp(range, "bytes ", 6) != 0 || !store_number_of(range + 6, &from) ||
				     from != getting->offset + getting->got))
		return error_new(ERR_FAILED, "%s%s: the server answers another range than was asked for",
				 getting->place, getting->name);
	if (!store_number_of(http_header(answer, "Content-Length"), &length))
		return error_new(ERR_FAILED, "%s%s: the server does not tell the size", getting->place, getting->name);
	if (getting->got)
		return text_equal(tag, getting->tag) && getting->got + length == getting->expected ? NULL
												   : changed(getting);
	free(getting->tag);
	getting->tag = text_copy(tag);
	getting->expected = length;
	return NULL;
}

void store_getting_expect(struct store_getting *getting, const struct store_sum *sum, const char *told)
{
	size_t size = 0;
	if (getting->got || getting->good != 200)
		return;
	bool checked = told && getting->expected <= CHECKED_SIZE &&
		       !sodium_base642bin(getting->told, sizeof getting->told, told, strcspn(told, ", "), NULL, &size,
					  NULL, sodium_base64_VARIANT_ORIGINAL) &&
		       size == sum->size;
	getting->sum = checked ? sum : NULL;
}

fallible store_getting_take(struct store_getting *getting, const char *bytes, size_t size)
{
	getting->got += size;
	if (getting->sum)
		str_add_n(&getting->bytes, bytes, size);
	return sink_take(getting->out, bytes, size);
}

static fallible check_sum(const struct store_getting *getting)
{
	unsigned char made[STORE_SUM_MOST];
	if (!getting->sum || !getting->sum->make(str_text(&getting->bytes), getting->bytes.size, made) ||
	    !memcmp(made, getting->told, getting->sum->size))
		return NULL;
	return error_new(ERR_INPUT, "%s%s is not what was written: its %s is another one", getting->place,
			 getting->name, getting->sum->name);
}

fallible store_getting_end(const struct store_getting *getting, const struct http_answer *answer)
{
	if (answer->status == 416 && !getting->got)
		return NULL;
	if (answer->status > 299)
		return changed(getting);
	if (answer->status != getting->good)
		return error_new(ERR_FAILED, "%s%s: the server takes no ranges", getting->place, getting->name);
	return check_sum(getting);
}
