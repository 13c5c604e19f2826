#include "backup/snapshot_index.h"

#include "backup/archive_read.h"
#include "backup/index_members.h"
#include "base/memory.h"

void snapshot_index_cleanup(struct snapshot_index *index)
{
	files_cleanup(&index->files);
	for (enum database_role role = 0; role < DATABASES; role++) {
		db_moment_cleanup(&index->rows[role].moment);
		tables_cleanup(&index->rows[role].tables);
	}
}

/* ---- for whom ---- */

/* The secret key of those who know the recipients. */
static void derive(const struct repository *repository, const struct age_recipients *recipients,
		   unsigned char identity[static AGE_KEY_SIZE])
{
	repository_derive(repository, recipients, "owctl index key 1\n", identity);
}

static fallible only_recipient(const struct repository *repository, const struct age_recipients *recipients,
			       struct age_recipients *only)
{
	unsigned char identity[AGE_KEY_SIZE], recipient[AGE_KEY_SIZE];
	derive(repository, recipients, identity);
	age_recipient_of(identity, recipient);
	mem_wipe(identity, sizeof identity);
	AUTO(memory) char *text = age_recipient_text(recipient);
	return age_recipients_add(only, text);
}

/* ---- writing ---- */

enum index_part index_part_of(enum database_role role)
{
	static const enum index_part parts[DATABASES] = {
		[DATABASE_MAIN] = INDEX_ROWS, [DATABASE_VECTORS] = INDEX_VECTORS};
	return parts[role];
}

static fallible write_members(struct archive_writer *archive, const struct index_source *source,
			      struct record *record)
{
	AUTO(compressor) struct compressor compressor = {.level = COMPRESSION_QUICK};
	if (source->files)
		TRY(index_write_files(archive, &compressor, source->files));
	record->index_has[INDEX_FILES] = source->files;
	for (enum database_role role = 0; role < DATABASES; role++) {
		const struct db_moment *moment = source->rows[role].moment;
		if (moment)
			TRY(index_write_rows(archive, &compressor, role, source->rows[role].tables, moment));
		record->index_has[index_part_of(role)] = moment;
	}
	return NULL;
}

fallible snapshot_index_write(const struct repository *repository, const struct age_recipients *recipients,
			      const struct index_source *source, struct record *record)
{
	AUTO(memory) char *name = index_object(record->snapshot);
	AUTO(age_recipients) struct age_recipients only = {0};
	AUTO(archive_writer) struct archive_writer *archive = NULL;
	TRY(only_recipient(repository, recipients, &only));
	TRY(archive_begin(repository->store, name, &only, &archive));
	TRY(write_members(archive, source, record));
	return archive_end(&archive, &record->index);
}

/* ---- reading ---- */

static fallible take_member(void *state, const char *member, const struct str *frame)
{
	struct snapshot_index *index = state;
	AUTO(decompressor) struct decompressor decompressor = {0};
	AUTO(str) struct str bytes = {0};
	const struct sink sink = sink_into(&bytes);
	TRY(decompress(&decompressor, str_text(frame), frame->size, UINT64_MAX, &sink));
	return index_read_member(member, &bytes, index);
}

fallible snapshot_index_read(const struct repository *repository, const struct age_recipients *recipients,
			     const struct record *record, struct snapshot_index *index)
{
	AUTO(memory) char *name = index_object(record->snapshot);
	unsigned char keys[1][AGE_KEY_SIZE];
	const struct age_identities only = {.keys = keys, .count = 1};
	derive(repository, recipients, keys[0]);
	struct error *error = archive_read_object(repository, name, &record->index, &only, take_member, index);
	mem_wipe(keys, sizeof keys);
	return error_wrap(error, "%s", name);
}
