#include "backup/file_index.h"

#include <string.h>

#include "backup/compressor.h"
#include "backup/file_line.h"
#include "base/memory.h"

/* ---- for whom ---- */

/* The secret key of those who know the recipients. */
static void derive(const struct repository *repository, const struct age_recipients *recipients,
		   unsigned char identity[static AGE_KEY_SIZE])
{
	static const char title[] = "owctl index key 1\n";
	struct digest digest;
	unsigned char key[DIGEST_SIZE];
	repository_key(repository, recipients, key);
	digest_begin(&digest, key);
	digest_add(&digest, title, sizeof title - 1);
	digest_end(&digest, identity);
	mem_wipe(key, sizeof key);
}

static void recipient_of(const struct repository *repository, const struct age_recipients *recipients,
			 unsigned char recipient[static AGE_KEY_SIZE])
{
	unsigned char identity[AGE_KEY_SIZE];
	derive(repository, recipients, identity);
	age_recipient_of(identity, recipient);
	mem_wipe(identity, sizeof identity);
}

/* ---- writing ---- */

static void list(const struct files *files, struct str *lines)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->items[i];
		if (!file->version)
			continue;
		fields_add(lines, file->version);
		file_line_add(lines, file);
		str_add_char(lines, '\n');
	}
}

static fallible seal(const unsigned char recipient[static AGE_KEY_SIZE], const struct str *frame, struct str *sealed)
{
	AUTO(age_writer) struct age_writer *writer = NULL;
	AUTO(memory) char *text = age_recipient_text(recipient);
	AUTO(age_recipients) struct age_recipients only = {0};
	const struct sink sink = sink_into(sealed);
	TRY(age_recipients_add(&only, text));
	TRY(age_writer_open(&only, &sink, &writer));
	TRY(age_write(writer, frame->data, frame->size));
	return age_writer_end(writer);
}

fallible file_index_write(const struct repository *repository, const struct age_recipients *recipients,
			 const struct files *files, struct record *record)
{
	AUTO(str) struct str lines = {0}, sealed = {0};
	AUTO(compressor) struct compressor compressor = {0};
	AUTO(memory) char *name = index_object(record->snapshot);
	const struct str *frame;
	unsigned char recipient[AGE_KEY_SIZE];
	recipient_of(repository, recipients, recipient);
	list(files, &lines);
	TRY(compress(&compressor, str_text(&lines), lines.size, &frame));
	TRY(seal(recipient, frame, &sealed));
	record->index.size = sealed.size;
	digest_of(sealed.data, sealed.size, record->index.hash);
	return store_put(repository->store, name, sealed.data, sealed.size, STORE_NEW);
}

/* ---- reading ---- */

struct reading {
	struct files *files;
	const struct fields_reader *reader;
};

static fallible take_line(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	if (count < 2 || !file_line_parse(fields + 1, count - 1, reading->files))
		return fields_wrong(reading->reader);
	reading->files->items[reading->files->count - 1].version = text_copy(fields[0]);
	return NULL;
}

static fallible read_lines(const struct str *frame, struct files *files)
{
	struct reading reading = {.files = files};
	AUTO(fields_reader) struct fields_reader reader = {
		.what = "the list of files", .line = take_line, .state = &reading};
	AUTO(decompressor) struct decompressor decompressor = {0};
	const struct sink sink = {fields_take, &reader};
	reading.reader = &reader;
	TRY(decompress(&decompressor, str_text(frame), frame->size, UINT64_MAX, &sink));
	return fields_end(&reader);
}

static fallible open_sealed(const unsigned char identity[static AGE_KEY_SIZE], const struct str *sealed,
			    struct str *frame)
{
	unsigned char keys[1][AGE_KEY_SIZE];
	const struct age_identities only = {.keys = keys, .count = 1};
	const struct sink sink = sink_into(frame);
	memcpy(keys[0], identity, AGE_KEY_SIZE);
	AUTO(age_reader) struct age_reader *reader = age_reader_new(&only, &sink);
	struct error *error = age_feed(reader, sealed->data, sealed->size);
	if (!error)
		error = age_feed_end(reader);
	mem_wipe(keys, sizeof keys);
	return error;
}

fallible file_index_read(const struct repository *repository, const struct age_recipients *recipients,
			const struct record *record, struct files *files)
{
	AUTO(str) struct str sealed = {0}, frame = {0};
	AUTO(memory) char *name = index_object(record->snapshot);
	unsigned char hash[DIGEST_SIZE], identity[AGE_KEY_SIZE];
	TRY(store_read(repository->store, name, record->index.size, &sealed));
	digest_of(sealed.data, sealed.size, hash);
	if (sealed.size != record->index.size || memcmp(hash, record->index.hash, sizeof hash) != 0)
		return error_new(ERR_INPUT, "%s is not the one that was written", name);
	derive(repository, recipients, identity);
	struct error *error = open_sealed(identity, &sealed, &frame);
	mem_wipe(identity, sizeof identity);
	return error_wrap(error ? error : read_lines(&frame, files), "%s", name);
}
