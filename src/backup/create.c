#include "backup/create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/named_files.h"
#include "backup/parts_script.h"
#include "base/memory.h"
#include "base/random.h"
#include "openwebui/release.h"

struct making {
	const struct snapshot_request *request;
	struct record *record;
	struct manifest manifest;
	struct database_copy *database;
	struct pipeline *pipeline;
};

/* Packers call it one at a time. */
static void take_piece(void *state, const struct piece *piece)
{
	struct making *making = state;
	making->record->bytes += piece->bytes.size;
	if (piece->is_rows)
		rows_take_piece(&making->database->tables, piece);
	else
		files_take_part(&making->manifest.files, piece);
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

static fallible read_all(struct making *making)
{
	const struct snapshot_request *request = making->request;
	const struct rows_source source = {
		.db = request->installation->db, .more = request->more, .state = request->state};
	struct files *files = &making->manifest.files;
	TRY(rows_read(&source, &making->database->tables, making->pipeline));
	if (request->uploads)
		TRY(files_read_store(files, FILES_UPLOADS, request->uploads, NULL, making->pipeline));
	if (request->vectors)
		TRY(files_read_store(files, FILES_VECTORS, request->vectors, request->vectors_folder,
				     making->pipeline));
	return NULL;
}

static fallible fill_packs(struct making *making)
{
	const struct snapshot_request *request = making->request;
	TRY(pipeline_begin(request->repository->store, request->recipients, 0, take_piece, making,
			   &making->pipeline));
	struct error *error = read_all(making);
	return error ? pipeline_abort(&making->pipeline, error) : pipeline_end(&making->pipeline, making->record);
}

static void count(struct making *making)
{
	struct record *record = making->record;
	for (size_t i = 0; i < making->database->tables.count; i++) {
		table_order_segments(&making->database->tables.items[i]);
		record->rows += making->database->tables.items[i].rows;
	}
	for (size_t i = 0; i < making->manifest.files.count; i++)
		if (making->manifest.files.items[i].missing)
			record->missing++;
		else
			record->files++;
	record->complete = !record->missing;
}

static fallible make(struct making *making, struct strings *missing)
{
	const struct snapshot_request *request = making->request;
	AUTO(strings) struct strings named = {0};
	unsigned char key[DIGEST_SIZE];
	TRY(read_shape(making));
	TRY(named_files_read(request->installation->db, &named));
	TRY(fill_packs(making));
	files_settle(&making->manifest.files);
	named_files_check(&named, &making->manifest.files, missing);
	count(making);
	TRY(manifest_write(request->repository, &making->manifest, &making->record->manifest));
	repository_key(request->repository, request->recipients, key);
	return record_write(request->repository, making->record, key);
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
	if (error)
		return error;
	*record = made;
	made = (struct record){0};
	return NULL;
}
