/* Objects looked at and read. */
#include <sodium.h>
#include <string.h>

#include "crypto/md5.h"
#include "store/azure/azure.h"
#include "store/web.h"

#define CHECKED_SIZE ((uint64_t)1 << 20) /* what is larger its reader checks by itself */

/* ---- looking ---- */

fallible azure_head(struct azure *azure, const char *name, bool *found, struct http_answer *answer)
{
	AUTO(azure_call) struct azure_call call = {.method = "HEAD", .name = name, .tolerated = {AZURE_NO_BLOB}};
	TRY(azure_send(azure, &call, answer));
	*found = answer->status < 300;
	return NULL;
}

fallible azure_look(struct store *store, const char *name, bool *found, struct store_object *object)
{
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(azure_head(azure_of(store), name, found, &answer));
	if (!*found)
		return NULL;
	const char *modified = http_header(&answer, "Last-Modified");
	*object = (struct store_object){.modified = modified ? store_time_of(modified) : 0};
	if (store_number_of(http_header(&answer, "Content-Length"), &object->size))
		return NULL;
	return error_new(ERR_FAILED, "%s%s: the server does not tell the size", azure_of(store)->name, name);
}

/* ---- reading ---- */

struct getting {
	struct store_getting of; /* the beginning: what is common to stores over HTTP */
	bool checked;
	unsigned char sum[MD5_SIZE]; /* as the server has it, of what was written in one request */
	struct str bytes; /* that are checked */
};

static fallible ask_for_the_rest(struct azure_call *call, struct strings *headers)
{
	struct getting *getting = call->state;
	store_getting_ask(&getting->of, headers);
	call->good = getting->of.good;
	return NULL;
}

static void expect_sum(struct getting *getting, const struct http_answer *answer)
{
	const char *sum = http_header(answer, "Content-MD5");
	size_t size = 0;
	getting->checked = sum && getting->of.expected <= CHECKED_SIZE &&
			   !sodium_base642bin(getting->sum, sizeof getting->sum, sum, strlen(sum), NULL, &size, NULL,
					      sodium_base64_VARIANT_ORIGINAL) &&
			   size == sizeof getting->sum;
}

static fallible check_answer(struct azure_call *call, const struct http_answer *answer)
{
	struct getting *getting = call->state;
	TRY(store_getting_begin(&getting->of, answer));
	if (call->good == 200)
		expect_sum(getting, answer);
	return NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	struct getting *getting = state;
	if (getting->checked)
		str_add_n(&getting->bytes, bytes, size);
	return store_getting_take(&getting->of, bytes, size);
}

static fallible check_sum(struct getting *getting)
{
	unsigned char sum[sizeof getting->sum];
	if (!getting->checked || !md5_of(str_text(&getting->bytes), getting->bytes.size, sum))
		return NULL;
	if (!memcmp(sum, getting->sum, sizeof sum))
		return NULL;
	return error_new(ERR_INPUT, "%s%s is not what was written: its MD5 is another one", getting->of.place,
			 getting->of.name);
}

static fallible get(struct azure *azure, struct getting *getting)
{
	const struct sink out = {take, getting};
	AUTO(azure_call) struct azure_call call = {.method = "GET",
						   .name = getting->of.name,
						   .out = &out,
						   .prepare = ask_for_the_rest,
						   .begin = check_answer,
						   .tolerated = {AZURE_OTHERWISE, AZURE_NO_RANGE},
						   .state = getting};
	AUTO(http_answer) struct http_answer answer = {0};
	bool none;
	TRY(azure_send(azure, &call, &answer));
	TRY(store_getting_end(&getting->of, &answer, &none));
	return none ? NULL : check_sum(getting);
}

fallible azure_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	struct getting getting = {.of = {.place = azure_of(store)->name,
					 .name = name,
					 .offset = offset,
					 .size = size > UINT64_MAX - offset ? 0 : size,
					 .out = out}};
	struct error *error = get(azure_of(store), &getting);
	store_getting_cleanup(&getting.of);
	str_cleanup(&getting.bytes);
	return error;
}
