/* Objects written in one request, and removed. STORE_NEW is kept by If-None-Match, which Azure always obeys. */
#include "base/memory.h"
#include "base/random.h"
#include "store/azure/azure.h"

void azure_creating_begin(struct azure_creating *creating)
{
	random_uuid(creating->mark);
}

void azure_creating_headers(const struct azure *azure, const struct azure_creating *creating, struct azure_call *call)
{
	azure_header(call, "%s: %s", AZURE_MARK, creating->mark);
	if (azure->tier)
		azure_header(call, "x-ms-access-tier: %s", azure->tier);
	if (creating->writing != STORE_NEW)
		return;
	azure_header(call, "If-None-Match: *");
	call->tolerated[0] = AZURE_TAKEN;
	call->tolerated[1] = AZURE_OTHERWISE;
}

fallible azure_is_ours(struct azure *azure, const struct azure_creating *creating, bool *ours)
{
	bool found;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(azure_head(azure, creating->name, &found, &answer));
	*ours = found && text_equal(http_header(&answer, AZURE_MARK), creating->mark);
	return NULL;
}

fallible azure_creating_end(struct azure *azure, const struct azure_creating *creating,
			    const struct http_answer *answer)
{
	bool ours = false;
	if (answer->status < 300)
		return NULL;
	TRY(azure_is_ours(azure, creating, &ours)); /* the answer to an earlier try may have been lost */
	return ours ? NULL : store_taken(creating->name);
}

fallible azure_put_whole(struct azure *azure, const struct azure_creating *creating, const char *bytes, size_t size)
{
	AUTO(azure_call) struct azure_call call = {
		.method = "PUT", .name = creating->name, .body = bytes, .body_size = size};
	AUTO(http_answer) struct http_answer answer = {0};
	azure_sum_header(&call);
	azure_header(&call, "x-ms-blob-type: BlockBlob");
	azure_creating_headers(azure, creating, &call);
	TRY(azure_send(azure, &call, &answer));
	return azure_creating_end(azure, creating, &answer);
}

fallible azure_put(struct store *store, const char *name, const char *bytes, size_t size, enum store_writing writing)
{
	struct azure_creating creating = {.name = name, .writing = writing};
	azure_creating_begin(&creating);
	return azure_put_whole(azure_of(store), &creating, size ? bytes : "", size);
}

fallible azure_remove(struct store *store, const char *name)
{
	AUTO(azure_call) struct azure_call call = {.method = "DELETE", .name = name, .tolerated = {AZURE_NO_BLOB}};
	AUTO(http_answer) struct http_answer answer = {0};
	return azure_send(azure_of(store), &call, &answer);
}
