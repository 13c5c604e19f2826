#include "backup/create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/compressor.h"
#include "backup/contents.h"
#include "backup/copying.h"
#include "backup/named_files.h"
#include "backup/running.h"
#include "base/memory.h"
#include "base/random.h"
#include "openwebui/release.h"

struct making {
	const struct snapshot_request *request;
	struct record *record;
	struct manifest manifest;
	struct copying copying[DATABASES]; /* `count` of them */
	size_t count;
	struct earlier *earlier[INDEX_PARTS]; /* may be the same; NULL: none is to be relied upon */
	struct contents *contents;
	struct pipeline *pipeline;
};

/* Packers call it one at a time. */
static void take_piece(void *state, struct piece *piece)
{
	struct making *making = state;
	progress_add(making->request->progress, piece->bytes.size);
	if (piece->tables) {
		rows_take_piece(piece);
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

/* Main is the last one in the list: a restore.sh that knows no other takes its engine from there. */
static fallible begin_databases(struct making *making)
{
	const struct snapshot_request *request = making->request;
	for (size_t i = DATABASES; i-- > 0;) {
		enum database_role role = (enum database_role)i;
		if (!request->databases[role].db)
			continue;
		manifest_add_database(&making->manifest, database_names[role]);
		making->copying[making->count++] = (struct copying){.role = role,
								    .source = &request->databases[role],
								    .earlier = making->earlier[index_part_of(role)]};
	}
	for (size_t i = 0; i < making->count; i++) {
		making->copying[i].copy = &making->manifest.databases[i];
		TRY(copying_begin(&making->copying[i], request->repository, request->recipients));
	}
	return NULL;
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
	for (size_t i = making->count; i-- > 0;)
		TRY(copying_read(&making->copying[i], making->pipeline));
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
	for (size_t i = 0; i < making->count; i++)
		copying_count(&making->copying[i], record);
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

/* Mostly one snapshot has all, and is read once. */
static fallible find_part(struct making *making, enum index_part part)
{
	const struct snapshot_request *request = making->request;
	for (size_t i = 0; i < INDEX_PARTS && !making->earlier[part]; i++)
		if (making->earlier[i] && earlier_has(making->earlier[i], part))
			making->earlier[part] = making->earlier[i];
	if (making->earlier[part])
		return NULL;
	return earlier_find(request->repository, request->recipients, request->label, part, &making->earlier[part]);
}

static fallible find_earlier(struct making *making)
{
	const struct snapshot_request *request = making->request;
	for (enum database_role role = 0; role < DATABASES; role++) {
		struct earlier **earlier = &making->earlier[index_part_of(role)];
		if (request->read_all || !request->databases[role].db)
			continue;
		TRY(find_part(making, index_part_of(role)));
		if (*earlier)
			TRY(earlier_look_for_rows(*earlier, role));
	}
	if (!request->read_all && has_files(request))
		TRY(find_part(making, INDEX_FILES));
	making->contents = contents_new(making->earlier[INDEX_FILES]);
	return NULL;
}

static void forget_earlier(struct making *making)
{
	for (size_t i = 0; i < INDEX_PARTS; i++) {
		struct earlier *earlier = making->earlier[i];
		for (size_t other = i; other < INDEX_PARTS; other++)
			if (making->earlier[other] == earlier)
				making->earlier[other] = NULL;
		earlier_free(earlier);
	}
}

static fallible write_index(struct making *making)
{
	const struct snapshot_request *request = making->request;
	struct index_source source = {.files = has_files(request) ? &making->manifest.files : NULL};
	for (size_t i = 0; i < making->count; i++) {
		const struct copying *copying = &making->copying[i];
		if (copying->earlier)
			earlier_need(copying->earlier, &copying->copy->tables);
		source.rows[copying->role].moment = row_history_moment(&copying->history);
		source.rows[copying->role].tables = &copying->copy->tables;
	}
	for (size_t i = 0; i < INDEX_PARTS; i++)
		if (making->earlier[i])
			earlier_add_packs(making->earlier[i], making->record);
	return snapshot_index_write(request->repository, request->recipients, &source, making->record);
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
	TRY(begin_databases(making));
	TRY(named_files_read(request->installation->db, &named));
	for (size_t i = 0; i < making->count; i++)
		TRY(copying_expect(&making->copying[i], request->progress));
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
	for (size_t i = 0; i < making.count; i++)
		copying_cleanup(&making.copying[i]);
	manifest_cleanup(&making.manifest);
	contents_free(making.contents);
	forget_earlier(&making);
	if (error)
		return error;
	*record = made;
	made = (struct record){0};
	return NULL;
}
