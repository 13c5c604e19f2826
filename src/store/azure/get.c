/* Objects looked at and read. */
#include "store/azure/azure.h"
#include "store/web.h"

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
	return *found ? store_look_at(azure_of(store)->name, name, &answer, object) : NULL;
}

static fallible ask_for_the_rest(struct azure_call *call, struct strings *headers)
{
	struct store_getting *getting = call->state;
	store_getting_ask(getting, headers);
	call->good = getting->good;
	return NULL;
}

/* Azure has the sum of what was written in one request. */
static fallible check_answer(struct azure_call *call, const struct http_answer *answer)
{
	TRY(store_getting_begin(call->state, answer));
	store_getting_expect(call->state, &store_md5, http_header(answer, "Content-MD5"));
	return NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	return store_getting_take(state, bytes, size);
}

static fallible get(struct azure *azure, struct store_getting *getting)
{
	const struct sink out = {take, getting};
	AUTO(azure_call) struct azure_call call = {.method = "GET",
						   .name = getting->name,
						   .out = &out,
						   .prepare = ask_for_the_rest,
						   .begin = check_answer,
						   .tolerated = {AZURE_OTHERWISE, AZURE_NO_RANGE},
						   .state = getting};
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(azure_send(azure, &call, &answer));
	return store_getting_end(getting, &answer);
}

fallible azure_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	struct store_getting getting = {.place = azure_of(store)->name,
					.name = name,
					.offset = offset,
					.size = size > UINT64_MAX - offset ? 0 : size,
					.out = out};
	struct error *error = get(azure_of(store), &getting);
	store_getting_cleanup(&getting);
	return error;
}
