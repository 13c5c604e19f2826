/* Objects written piece by piece: what fits into one part goes in one request, all else by a transfer of many. Of a
 * large piece whole parts are sent as they lie in the caller's memory. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/s3/upload.h"

#define PART_SIZE ((size_t)8 << 20) /* S3 takes none under 5 MiB but the last, Google multiples of 256 KiB */
#define PARTS_OF_A_SIZE 2000 /* then parts are twice as large: there are 10,000 at most */
#define FIRST_ROOM ((size_t)64 << 10)

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

static void keep(struct s3_upload *upload, const char *bytes, size_t size)
{
	if (upload->size + size > upload->room) {
		size_t room = upload->room ? upload->room : FIRST_ROOM;
		while (room < upload->size + size)
			room *= 2;
		upload->buffer = mem_resize(upload->buffer, room, 1);
		upload->room = room;
	}
	memcpy(upload->buffer + upload->size, bytes, size);
	upload->size += size;
}

static fallible pass_on(struct s3 *s3, struct s3_upload *upload, const char *bytes, size_t size)
{
	const struct s3_transfer *transfer = s3->dialect->transfer;
	if (!upload->id)
		TRY(transfer->start(s3, upload));
	return transfer->send(s3, upload, bytes, size);
}

/* A full part waits until more comes: what was the last one may be all. */
fallible s3_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	struct s3 *s3 = s3_of(upload->store);
	struct s3_upload *to = own(upload);
	while (size) {
		size_t whole = part_size(to), room = whole - to->size;
		if (!to->size && size > whole) {
			TRY(pass_on(s3, to, bytes, whole));
			bytes += whole;
			size -= whole;
			continue;
		}
		if (!room) {
			TRY(pass_on(s3, to, to->buffer, to->size));
			to->size = 0;
			continue;
		}
		size_t take = size < room ? size : room;
		keep(to, bytes, take);
		bytes += take;
		size -= take;
	}
	return NULL;
}

fallible s3_upload_end(struct store_upload *upload)
{
	struct s3 *s3 = s3_of(upload->store);
	struct s3_upload *ending = own(upload);
	if (!ending->id)
		return s3_put_whole(s3, &ending->creating, ending->size ? ending->buffer : "", ending->size);
	return s3->dialect->transfer->finish(s3, ending, ending->buffer, ending->size);
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
	free(ending->buffer);
	strings_cleanup(&ending->tags);
	strings_cleanup(&ending->sums);
}
