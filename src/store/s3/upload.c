/* Objects written piece by piece: what fits into one part goes in one request, all else by a transfer of many. */
#include <stdlib.h>

#include "base/memory.h"
#include "store/s3/upload.h"

#define PART_SIZE ((size_t)8 << 20) /* S3 takes none under 5 MiB but the last, Google multiples of 256 KiB */
#define PARTS_OF_A_SIZE 2000 /* then parts are twice as large: there are 10,000 at most */

static struct s3_upload *own(struct store_upload *upload)
{
	return (struct s3_upload *)upload;
}

static size_t part_size(const struct s3_upload *upload)
{
	return PART_SIZE << upload->tags.count / PARTS_OF_A_SIZE;
}

fallible s3_upload_begin(struct store *store, const char *name, enum store_writing writing,
			 struct store_upload **upload)
{
	struct s3_upload *begun = mem_new(1, sizeof *begun);
	begun->name = text_copy(name);
	begun->creating = (struct s3_creating){.name = begun->name, .writing = writing};
	struct error *error = s3_creating_begin(s3_of(store), &begun->creating);
	*upload = &begun->upload;
	if (error) {
		free(begun->name);
		free(begun);
	}
	return error;
}

fallible s3_upload_gone(struct s3 *s3, const struct s3_upload *upload)
{
	bool found;
	AUTO(http_answer) struct http_answer answer = {0};
	TRY(s3_head(s3, upload->name, &found, &answer));
	if (found && text_equal(http_header(&answer, s3->dialect->mark), upload->creating.mark))
		return NULL;
	return error_new(ERR_FAILED, "%s%s: the server has lost the upload, or somebody ended it", s3->name,
			 upload->name);
}

/* ---- the driver's functions ---- */

struct sending {
	struct s3 *s3;
	struct s3_upload *upload;
};

static size_t next_size(void *state)
{
	return part_size(((struct sending *)state)->upload);
}

static fallible send_next(void *state, const char *bytes, size_t size)
{
	const struct sending *sending = state;
	const struct s3_transfer *transfer = sending->s3->dialect->transfer;
	if (!sending->upload->id)
		TRY(transfer->start(sending->s3, sending->upload));
	return transfer->send(sending->s3, sending->upload, bytes, size);
}

fallible s3_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct sending sending = {.s3 = s3_of(upload->store), .upload = own(upload)};
	const struct store_piecewise by = {.piece_size = next_size, .send = send_next, .state = &sending};
	return store_pieces_write(&sending.upload->unsent, &by, bytes, size);
}

fallible s3_upload_end(struct store_upload *upload)
{
	struct s3 *s3 = s3_of(upload->store);
	struct s3_upload *ending = own(upload);
	const struct store_pieces *unsent = &ending->unsent;
	if (!ending->id)
		return s3_put_whole(s3, &ending->creating, unsent->size ? unsent->buffer : "", unsent->size);
	return s3->dialect->transfer->finish(s3, ending, unsent->buffer, unsent->size);
}

fallible s3_tidy(struct store *store, store_chooser *is_ours, int64_t before, size_t *count)
{
	const struct s3_transfer *transfer = s3_of(store)->dialect->transfer;
	return transfer->tidy ? transfer->tidy(s3_of(store), is_ours, before, count) : NULL;
}

void s3_upload_free(struct store_upload *upload)
{
	struct s3_upload *ending = own(upload);
	if (ending->id && !upload->ended)
		error_ignore(s3_of(upload->store)->dialect->transfer->abandon(s3_of(upload->store), ending));
	free(ending->name);
	free(ending->id);
	store_pieces_cleanup(&ending->unsent);
	strings_cleanup(&ending->tags);
	strings_cleanup(&ending->sums);
}
