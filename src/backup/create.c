#include "backup/create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/compressor.h"
#include "backup/contents.h"
#include "backup/named_files.h"
#include "backup/parts_script.h"
#include "backup/row_history.h"
#include "backup/running.h"
#include "base/memory.h"
#include "base/random.h"
#include "openwebui/release.h"

struct making {
	const struct snapshot_request *request;
	struct record *record;
	struct manifest manifest;
	struct database_copy *database;
	struct row_history history;
	struct earlier *earlier[INDEX_PARTS]; /* may be the same; NULL: none is to be relied upon */
	struct contents *contents;
	struct pipeline *pipeline;
};

/* Packers call it one at a time. */
static void take_piece(void *state, struct piece *piece)
{
	struct making *making = state;
	progress_add(making->request->progress, piece->bytes.size);
	if (piece->is_rows) {
		rows_take_piece(&making->database->tables, piece);
	} else {
		making->record->bytes += piece->bytes.size;
		files_take_part(&making->manifest.files, piece);
	}
}

static void describe(struct making *making)
{
	const struct snapshot_request *request = making->request;
	const struct installation *installation = request->installation;
	struct manifest *manifest = &making->manifest;
	const struct release *first, *last = NULL;
	manifest->time = making->record->time;
	memcpy(manifest->snapshot, making->record->snapshot, sizeof manifest->snapshot);
	manifest->label = text_copy(request->label);
	age_recipients_copy(&manifest->recipients, request->recipients);
	manifest->settings = json_incref(request->settings);
	manifest->secrets = text_copy(request->secrets);
	if (installation->recorded.count == 1) {
		manifest->revision = text_copy(installation->recorded.items[0]);
		if (release_span(manifest->revision, &first, &last))
			manifest->release = text_copy(last->version);
	}
}

static fallible read_shape(struct making *making)
{
	struct db *db = making->request->installation->db;
	AUTO(db_parts) struct db_parts parts = {0};
	struct database_copy *database = manifest_add_database(&making->manifest, "main");
	making->database = database;
	database->engine = text_copy(db_pick(db, "sqlite", "postgresql"));
	database->version = text_copy(db_server_version(db));
	TRY(db_pin_tables(db));
	TRY(tables_read(db, &database->tables));
	TRY(db_parts_read(db, &parts));
	database->before = parts_script(&parts, NULL, true);
	database->after = parts_script(&parts, NULL, false);
	return NULL;
}

/* The moment since which rows may be known, or NULL. */
static const struct db_moment *earlier_rows(const struct making *making)
{
	const struct earlier *earlier = making->earlier[INDEX_ROWS];
	const struct db_moment *moment = earlier ? earlier_moment(earlier) : NULL;
	return row_history_goes_on(&making->history, moment) ? moment : NULL;
}

static fallible read_files(struct making *making, const struct files_source *source)
{
	struct files_source counted = *source;
	if (!making->earlier[INDEX_FILES])
		counted.progress = making->request->progress;
	return source->store ? files_read_store(&making->manifest.files, &counted, making->contents, making->pipeline)
			     : NULL;
}

static fallible read_all(struct making *making)
{
	const struct snapshot_request *request = making->request;
	const struct rows_source source = {
		.db = request->installation->db, .more = request->more, .state = request->state};
	const struct rows_context context = {
		.pipeline = making->pipeline,
		.tables = &making->database->tables,
		.now = row_history_moment(&making->history),
		.earlier = earlier_rows(making),
		.known = making->earlier[INDEX_ROWS] ? earlier_tables(making->earlier[INDEX_ROWS]) : NULL,
		.tag_key = making->history.key,
	};
	TRY(rows_read(&source, &context));
	TRY(read_files(making, &(struct files_source){.root = FILES_UPLOADS, .store = request->uploads}));
	return read_files(making, &(struct files_source){.root = FILES_VECTORS,
							 .store = request->vectors,
							 .folder = request->vectors_folder});
}

/* PostgreSQL reads rows in processes of its own, and has more to do with them than this one with the default; what
 * reads a SQLite file has to share the cores with what compresses. */
static int compression_for(const struct snapshot_request *request)
{
	if (request->compression)
		return request->compression;
	return request->installation->file ? COMPRESSION_QUICK : COMPRESSION_DEFAULT;
}

/* By what the engine has of its tables. Where an earlier snapshot says what did not change, nobody knows how much
 * did. */
static fallible expect_rows(const struct making *making)
{
	const struct snapshot_request *request = making->request;
	struct db *db = request->installation->db;
	int64_t bytes = 0;
	if (!request->progress || making->earlier[INDEX_ROWS])
		return NULL;
	TRY(db_single_integer(db,
			      db_pick(db, "select page_count * page_size from pragma_page_count, pragma_page_size",
				      "select coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint"
				      " from pg_catalog.pg_class c join pg_catalog.pg_namespace n"
				      " on n.oid = c.relnamespace where c.relkind = 'r'"
				      " and n.nspname = pg_catalog.current_schema()"),
			      NULL, 0, &bytes));
	progress_expect(request->progress, bytes > 0 ? (uint64_t)bytes : 0);
	return NULL;
}

static fallible fill_packs(struct making *making)
{
	const struct snapshot_request *request = making->request;
	TRY(pipeline_begin(request->repository->store, request->recipients, compression_for(request), take_piece,
			   making, &making->pipeline));
	struct error *error = read_all(making);
	return error ? pipeline_abort(&making->pipeline, error) : pipeline_end(&making->pipeline, making->record);
}

static void count(struct making *making)
{
	struct record *record = making->record;
	for (size_t i = 0; i < making->database->tables.count; i++) {
		struct table *table = &making->database->tables.items[i];
		table_settle(table);
		record->rows += table->rows;
		for (size_t number = 0; number < table->segment_count; number++)
			record->bytes += table->segments[number].bytes;
	}
	for (size_t i = 0; i < making->manifest.files.count; i++) {
		const struct file *file = &making->manifest.files.items[i];
		record->missing += file->missing;
		record->files += !file->missing;
		record->bytes += file->kept ? file->size : 0;
	}
	record->complete = !record->missing;
}

static bool has_files(const struct snapshot_request *request)
{
	return request->uploads || request->vectors;
}

/* Mostly one snapshot has both, and is read once. */
static fallible find_part(struct making *making, enum index_part part)
{
	const struct snapshot_request *request = making->request;
	struct earlier *found = making->earlier[INDEX_ROWS];
	if (!found || !earlier_has(found, part))
		return earlier_find(request->repository, request->recipients, request->label, part,
				    &making->earlier[part]);
	making->earlier[part] = found;
	return NULL;
}

static fallible find_earlier(struct making *making)
{
	const struct snapshot_request *request = making->request;
	if (!request->read_all)
		TRY(find_part(making, INDEX_ROWS));
	if (!request->read_all && has_files(request))
		TRY(find_part(making, INDEX_FILES));
	if (making->earlier[INDEX_ROWS])
		TRY(earlier_look_for_rows(making->earlier[INDEX_ROWS]));
	making->contents = contents_new(making->earlier[INDEX_FILES]);
	return NULL;
}

static fallible write_index(struct making *making)
{
	const struct snapshot_request *request = making->request;
	if (making->earlier[INDEX_ROWS])
		earlier_need(making->earlier[INDEX_ROWS], &making->database->tables);
	for (size_t i = 0; i < INDEX_PARTS; i++)
		if (making->earlier[i])
			earlier_add_packs(making->earlier[i], making->record);
	return snapshot_index_write(request->repository, request->recipients,
				    has_files(request) ? &making->manifest.files : NULL,
				    &making->database->tables, row_history_moment(&making->history),
				    making->record);
}

/* The record is what makes the snapshot, so nothing that it names may be gone: who was taken for dead takes it back. */
static fallible put_record(const struct making *making, const struct running *running)
{
	const struct repository *repository = making->request->repository;
	AUTO(memory) char *object = record_object(making->record->snapshot);
	unsigned char key[DIGEST_SIZE];
	repository_key(repository, making->request->recipients, key);
	TRY(running_check(running));
	TRY(record_write(repository, making->record, key));
	struct error *error = running_check(running);
	if (error)
		error_ignore(store_delete(repository->store, object));
	return error;
}

static fallible make(struct making *making, struct strings *missing)
{
	const struct snapshot_request *request = making->request;
	AUTO(strings) struct strings named = {0};
	AUTO(running) struct running running = {0};
	TRY(running_begin(request->repository, &running));
	TRY(repository_lock_anew(request->repository));
	TRY(find_earlier(making));
	TRY(read_shape(making));
	TRY(row_history_learn(request, &making->database->tables, &making->history));
	TRY(named_files_read(request->installation->db, &named));
	TRY(expect_rows(making));
	TRY(fill_packs(making));
	for (size_t i = 0; i < making->record->pack_count; i++)
		making->record->added += making->record->packs[i].object.size;
	files_settle(&making->manifest.files);
	named_files_check(&named, &making->manifest.files, missing);
	count(making);
	TRY(write_index(making));
	TRY(manifest_write(request->repository, &making->manifest, &making->record->manifest));
	making->record->added += making->record->manifest.size + making->record->index.size;
	return put_record(making, &running);
}

/* Snapshots of one second are in the order in which they were made, too, or "latest" would be either of them. Who may
 * not list what there is makes one all the same. */
static void choose_id(const struct repository *repository, struct record *record)
{
	AUTO(strings) struct strings there = {0};
	unsigned char random[2];
	char *id = record->snapshot;
	record_new_id(record->time, id);
	error_ignore(record_list(repository, &there));
	const char *last = there.count ? there.items[there.count - 1] : "";
	if (strncmp(id, last, RECORD_TIME_SIZE) != 0 || strcmp(id, last) > 0)
		return;
	random_bytes(random, sizeof random);
	unsigned long digits = strtoul(last + RECORD_TIME_SIZE + 1, NULL, 16) + 1 + random[0] + 256UL * random[1];
	if (digits <= UINT32_MAX)
		snprintf(id + RECORD_TIME_SIZE + 1, SNAPSHOT_ID_SIZE - RECORD_TIME_SIZE - 1, "%08lx", digits);
}

fallible snapshot_create(const struct snapshot_request *request, struct record *record, struct strings *missing)
{
	AUTO(record) struct record made = {.time = clock_now(), .label = text_copy(request->label),
					   .owctl = text_copy(OWCTL_VERSION)};
	struct making making = {.request = request, .record = &made};
	choose_id(request->repository, &made);
	for (size_t i = 0; i < request->tags->count; i++)
		strings_add(&made.tags, request->tags->items[i]);
	describe(&making);
	struct error *error = make(&making, missing);
	manifest_cleanup(&making.manifest);
	row_history_cleanup(&making.history);
	contents_free(making.contents);
	if (making.earlier[INDEX_FILES] != making.earlier[INDEX_ROWS])
		earlier_free(making.earlier[INDEX_FILES]);
	earlier_free(making.earlier[INDEX_ROWS]);
	if (error)
		return error;
	*record = made;
	made = (struct record){0};
	return NULL;
}
