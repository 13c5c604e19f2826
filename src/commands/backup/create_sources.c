/* What a snapshot is made of besides the installation's own database. */
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/creating.h"
#include "commands/snapshot.h"
#include "openwebui/blobs.h"
#include "openwebui/database.h"
#include "openwebui/vectors.h"

void sources_cleanup(struct sources *sources)
{
	store_close(sources->uploads);
	store_close(sources->vectors);
	free(sources->vectors_folder);
	db_close(sources->vectors_database);
}

/* An installation where nobody has uploaded anything yet has no folder for it. */
static fallible open_source(struct context *context, const struct store_target *target, struct store **store)
{
	const struct store_options how = {.connect_timeout_s = context->globals.timeout};
	if (target->kind == STORE_FOLDER && !file_exists(target->folder)) {
		log_note("there is no folder %s: no files of it are in the snapshot", target->folder);
		return NULL;
	}
	return store_open(target, &how, store);
}

/* By another name it may be the installation's own, which has them then. */
static fallible begin_vectors(struct context *context, const struct installation *installation,
			      struct sources *sources)
{
	bool same;
	TRY(command_open_vectors(context, &sources->vectors_database));
	struct db *db = sources->vectors_database;
	TRY(db_begin(db, DB_READ));
	TRY(db_may_wait(db));
	TRY(db_is_same(installation->db, db, &same));
	if (!same)
		return installation_refuse_strangers(db, VECTORS_TABLE);
	sources->vectors_database = NULL;
	db_close(db);
	return NULL;
}

/* Those that the snapshot can't have are made of the files again. */
static fallible find_vectors(struct context *context, const struct installation *installation,
			     struct sources *sources)
{
	AUTO(db_target) struct db_target database = {0};
	enum vectors_place place;
	const char *store;
	TRY(database_target(context->settings, &database));
	TRY(vectors_find(context->settings, &database, &place, &store));
	if (place == VECTORS_OTHER_DATABASE)
		return error_hint_also(error_wrap(begin_vectors(context, installation, sources),
						  "the vectors, in the database of PGVECTOR_DB_URL (%s)",
						  settings_origin(context->settings, "PGVECTOR_DB_URL")),
				       "--database-only leaves vectors and files out");
	if (place == VECTORS_ELSEWHERE)
		log_note("the vectors of knowledge are in another place (VECTOR_DB %s), and not in the snapshot; back "
			 "them up with tools of their own, or make them anew after a restore: " VECTORS_REINDEX,
			 store);
	return NULL;
}

/* The vectors' moment first, while that of the main database has just been. */
fallible sources_open(struct context *context, const char *repository, const struct installation *installation,
		      struct sources *sources)
{
	AUTO(store_target) struct store_target uploads = {0}, vectors = {0};
	TRY(find_vectors(context, installation, sources));
	TRY(blobs_uploads(context->settings, installation->file, &uploads));
	TRY(command_repository_apart(context, repository, &uploads));
	TRY(open_source(context, &uploads, &sources->uploads));
	TRY(blobs_vectors(context->settings, installation->file, &vectors));
	TRY(command_repository_apart(context, repository, &vectors));
	sources->vectors_folder = text_copy(vectors.folder);
	return open_source(context, &vectors, &sources->vectors);
}
