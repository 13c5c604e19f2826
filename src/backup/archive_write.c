#include "backup/archive_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

#include "base/memory.h"

struct archive_writer {
	struct archive *tar;
	struct age_writer *age;
	struct sink sealed; /* what age_writer writes to */
	struct store_upload *upload;
	struct digest digest;
	uint64_t plain_size, sealed_size;
	struct error *error; /* of age or the store, which libarchive can't carry */
	bool aborted;
};

static fallible take_sealed(void *state, const char *bytes, size_t size)
{
	struct archive_writer *writer = state;
	digest_add(&writer->digest, bytes, size);
	writer->sealed_size += size;
	return store_upload_write(writer->upload, bytes, size);
}

/* libarchive is never told that it failed: then it would not free all that it has. */
static la_ssize_t take_plain(struct archive *tar, void *state, const void *bytes, size_t size)
{
	struct archive_writer *writer = state;
	(void)tar;
	if (!writer->error && !writer->aborted)
		writer->error = age_write(writer->age, bytes, size);
	writer->plain_size += size;
	return (la_ssize_t)size;
}

static fallible tar_error(struct archive_writer *writer)
{
	struct error *error = writer->error;
	writer->error = NULL;
	return error ? error : error_new(ERR_FAILED, "tar: %s", archive_error_string(writer->tar));
}

static fallible check(struct archive_writer *writer, int code)
{
	return code == ARCHIVE_OK && !writer->error ? NULL : tar_error(writer);
}

static fallible begin_tar(struct archive_writer *writer)
{
	writer->tar = archive_write_new();
	if (archive_write_set_format_ustar(writer->tar) || archive_write_set_bytes_per_block(writer->tar, 0) ||
	    archive_write_set_bytes_in_last_block(writer->tar, 1) ||
	    archive_write_open(writer->tar, writer, NULL, take_plain, NULL))
		return tar_error(writer);
	return NULL;
}

fallible archive_begin(struct store *store, const char *name, const struct age_recipients *recipients,
		       struct archive_writer **writer)
{
	AUTO(archive_writer) struct archive_writer *begun = mem_new(1, sizeof *begun);
	digest_begin(&begun->digest, NULL);
	begun->sealed = (struct sink){take_sealed, begun};
	TRY(store_upload_begin(store, name, STORE_NEW, &begun->upload));
	TRY(age_writer_open(recipients, &begun->sealed, &begun->age));
	TRY(begin_tar(begun));
	*writer = begun;
	begun = NULL;
	return NULL;
}

static fallible add_header(struct archive_writer *writer, const char *member, size_t size)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_pathname(entry, member);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	int code = archive_write_header(writer->tar, entry);
	archive_entry_free(entry);
	return check(writer, code);
}

fallible archive_add(struct archive_writer *writer, const char *member, const char *bytes, size_t size,
		     uint64_t *offset)
{
	TRY(add_header(writer, member, size));
	if (offset)
		*offset = writer->plain_size;
	while (size) {
		la_ssize_t taken = archive_write_data(writer->tar, bytes, size);
		if (taken <= 0 || writer->error)
			return tar_error(writer);
		bytes += taken;
		size -= (size_t)taken;
	}
	return check(writer, archive_write_finish_entry(writer->tar));
}

uint64_t archive_size(const struct archive_writer *writer)
{
	return writer->plain_size;
}

static fallible end(struct archive_writer *writer, struct object_seal *seal)
{
	TRY(check(writer, archive_write_close(writer->tar)));
	TRY(age_writer_end(writer->age));
	TRY(store_upload_end(&writer->upload));
	seal->size = writer->sealed_size;
	digest_end(&writer->digest, seal->hash);
	return NULL;
}

fallible archive_end(struct archive_writer **ended, struct object_seal *seal)
{
	AUTO(archive_writer) struct archive_writer *writer = *ended;
	*ended = NULL;
	return end(writer, seal);
}

void archive_abort(struct archive_writer *writer)
{
	if (!writer)
		return;
	writer->aborted = true;
	archive_write_free(writer->tar);
	age_writer_free(writer->age);
	store_upload_abort(writer->upload);
	error_ignore(writer->error);
	free(writer);
}
