/* Objects written piece by piece: what fits into one piece goes in one request, all else as blocks, which a list then
 * makes an object of. All uploads of a name share its blocks that are in no object yet, and one that ends takes those
 * of the others away. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/azure/azure.h"
#include "store/web.h"

#define BLOCK_SIZE ((size_t)8 << 20)
#define BLOCKS_OF_A_SIZE 10000 /* then blocks are twice as large: there are 50,000 at most */
#define ID_SIZE 64 /* all of a name must be as long as each other, and have at most 64 bytes */
#define ENCODED_SIZE sodium_base64_ENCODED_LEN(ID_SIZE, sodium_base64_VARIANT_ORIGINAL)

struct azure_upload {
	struct store_upload upload;
	struct azure_creating creating;
	char *name;
	size_t blocks; /* that were sent */
	struct store_pieces unsent;
};

static struct azure_upload *own(struct store_upload *upload)
{
	return (struct azure_upload *)upload;
}

fallible azure_upload_begin(struct store *store, const char *name, enum store_writing writing,
			    struct store_upload **upload)
{
	(void)store;
	struct azure_upload *begun = mem_new(1, sizeof *begun);
	begun->name = text_copy(name);
	begun->creating = (struct azure_creating){.name = begun->name, .writing = writing};
	azure_creating_begin(&begun->creating);
	*upload = &begun->upload;
	return NULL;
}

/* The mark is in it, so that no other upload of this name has the same. */
static void block_id(const struct azure_upload *upload, size_t number, char id[static ENCODED_SIZE])
{
	AUTO(memory) char *plain = text_format("%s-%06zu", upload->creating.mark, number);
	sodium_bin2base64(id, ENCODED_SIZE, (const unsigned char *)plain, strlen(plain),
			  sodium_base64_VARIANT_ORIGINAL);
}

/* ---- sending ---- */

struct sending {
	struct azure *azure;
	struct azure_upload *upload;
};

static size_t next_size(void *state)
{
	const struct sending *sending = state;
	return BLOCK_SIZE << sending->upload->blocks / BLOCKS_OF_A_SIZE;
}

static fallible send_block(void *state, const char *bytes, size_t size)
{
	const struct sending *sending = state;
	struct azure_upload *upload = sending->upload;
	char id[ENCODED_SIZE];
	AUTO(azure_call) struct azure_call call = {
		.method = "PUT", .name = upload->name, .body = bytes, .body_size = size};
	AUTO(http_answer) struct http_answer answer = {0};
	block_id(upload, upload->blocks, id);
	azure_sum_header(&call);
	azure_parameter(&call, "comp", "block");
	azure_parameter(&call, "blockid", id);
	TRY(azure_send(sending->azure, &call, &answer));
	upload->blocks++;
	return NULL;
}

static void add_blocks(const struct azure_upload *upload, struct str *body)
{
	char id[ENCODED_SIZE];
	str_add(body, "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
	for (size_t i = 0; i < upload->blocks; i++) {
		block_id(upload, i, id);
		str_add_format(body, "<Latest>%s</Latest>", id);
	}
	str_add(body, "</BlockList>");
}

/* The blocks are gone: an earlier try whose answer was lost has made the object of them, or another upload ended. */
static fallible gone(struct azure *azure, const struct azure_upload *upload)
{
	bool ours = false;
	TRY(azure_is_ours(azure, &upload->creating, &ours));
	if (ours)
		return NULL;
	if (upload->creating.writing == STORE_NEW)
		return store_taken(upload->name);
	return error_hint(error_new(ERR_BUSY, "%s%s: another upload of it ended meanwhile", azure->name, upload->name),
			  "try again");
}

static fallible commit(struct azure *azure, const struct azure_upload *upload)
{
	AUTO(str) struct str body = {0};
	add_blocks(upload, &body);
	AUTO(azure_call) struct azure_call call = {
		.method = "PUT", .name = upload->name, .body = body.data, .body_size = body.size};
	AUTO(http_answer) struct http_answer answer = {0};
	azure_parameter(&call, "comp", "blocklist");
	azure_creating_headers(azure, &upload->creating, &call);
	call.tolerated[2] = AZURE_NO_BLOCKS;
	TRY(azure_send(azure, &call, &answer));
	return answer.status == 400 ? gone(azure, upload) : azure_creating_end(azure, &upload->creating, &answer);
}

/* ---- the driver's functions ---- */

fallible azure_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct sending sending = {.azure = azure_of(upload->store), .upload = own(upload)};
	const struct store_piecewise by = {.piece_size = next_size, .send = send_block, .state = &sending};
	return store_pieces_write(&sending.upload->unsent, &by, bytes, size);
}

fallible azure_upload_end(struct store_upload *upload)
{
	struct sending sending = {.azure = azure_of(upload->store), .upload = own(upload)};
	const struct store_pieces *unsent = &sending.upload->unsent;
	const char *bytes = unsent->size ? unsent->buffer : "";
	if (!sending.upload->blocks)
		return azure_put_whole(sending.azure, &sending.upload->creating, bytes, unsent->size);
	if (unsent->size)
		TRY(send_block(&sending, bytes, unsent->size));
	return commit(sending.azure, sending.upload);
}

void azure_upload_free(struct store_upload *upload)
{
	struct azure_upload *ending = own(upload);
	free(ending->name);
	store_pieces_cleanup(&ending->unsent);
}
