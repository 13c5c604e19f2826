#include "base/memory.h"
#include "commands/backup/restoring.h"

static uint64_t bytes_of_rows(const struct database_copy *copy)
{
	uint64_t bytes = 0;
	for (size_t i = 0; copy && i < copy->tables.count; i++) {
		const struct table *table = &copy->tables.items[i];
		for (size_t number = 0; number < table->segment_count; number++)
			bytes += table->segments[number].place.size + table->segments[number].odd.size;
	}
	return bytes;
}

static uint64_t bytes_of_files(const struct files *files)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < files->count; i++)
		for (size_t part = 0; part < files->items[i].part_count; part++)
			bytes += files->items[i].parts[part].size;
	return bytes;
}

void restoring_begin_progress(struct restoring *restoring)
{
	const struct restore_arguments *arguments = restoring->arguments;
	const struct manifest *manifest = &restoring->manifest;
	bool files = !arguments->database_only && !restoring->tables.count;
	uint64_t bytes = arguments->files_only ? 0 : bytes_of_rows(manifest_database(manifest, "main"));
	bytes += bytes_of_rows(restoring->vectors_copy);
	bytes += files ? bytes_of_files(&manifest->files) : 0;
	progress_start_bytes(&restoring->progress, "restoring", bytes, backup_is_watched(restoring->context));
}

struct progress *restoring_progress(struct restoring *restoring)
{
	return restoring->progress.doing ? &restoring->progress : NULL;
}

void restoring_end_progress(struct restoring *restoring, bool well)
{
	progress_end();
	if (!restoring_progress(restoring) || !well || !backup_is_watched(restoring->context))
		return;
	backup_tell_pace(restoring->context, &restoring->progress, "fetched and loaded");
	context_done(restoring->context, "loaded and read back %llu row%s; %llu file%s there",
		     (unsigned long long)restoring->rows, restoring->rows == 1 ? "" : "s",
		     (unsigned long long)restoring->files, restoring->files == 1 ? " is" : "s are");
}
