#include "backup/load_files.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "openwebui/blobs.h"

static fallible open_target(struct restoring *restoring, enum file_root root, const struct store_target *target,
			    struct store **store)
{
	const struct store_options how = {.connect_timeout_s = restoring->context->globals.timeout};
	return files_have(&restoring->manifest.files, root) ? store_make(target, &how, store) : NULL;
}

/* Chroma's SQLite is among them. */
static fallible check_beside(const struct files *files, const struct store_target *vectors)
{
	for (size_t i = 0; i < files->count; i++) {
		AUTO(memory) char *path = text_format("%s/%s", vectors->folder, files->items[i].path);
		if (files->items[i].root == FILES_VECTORS && !files->items[i].missing)
			TRY(restoring_check_beside(path));
	}
	return NULL;
}

static fallible load_files(struct restoring *restoring, struct files_target *target)
{
	AUTO(store_target) struct store_target uploads = {0}, vectors = {0};
	struct settings *settings = restoring->context->settings;
	const char *file = restoring->file;
	target->repository = &restoring->repository;
	target->identities = &restoring->identities;
	target->progress = restoring_progress(restoring);
	TRY(blobs_uploads(settings, file, &uploads));
	TRY(blobs_vectors(settings, file, &vectors));
	if (files_have(&restoring->manifest.files, FILES_VECTORS))
		TRY(restoring_stage_vectors(restoring, &vectors));
	TRY(check_beside(&restoring->manifest.files, &vectors));
	TRY(open_target(restoring, FILES_UPLOADS, &uploads, &target->stores[FILES_UPLOADS]));
	TRY(open_target(restoring, FILES_VECTORS, &vectors, &target->stores[FILES_VECTORS]));
	return files_load(target, &restoring->manifest.files, &restoring->files);
}

fallible restoring_files(struct restoring *restoring)
{
	struct files_target target = {0};
	if (restoring_is_dry(restoring)) {
		restoring->files = restoring->record.files;
		return NULL;
	}
	struct error *error = load_files(restoring, &target);
	for (size_t i = 0; i < COUNT(target.stores); i++)
		store_close(target.stores[i]);
	return error;
}
