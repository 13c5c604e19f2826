#include "backup/drills.h"
#include "base/memory.h"
#include "base/number.h"
#include "commands/backup/creating.h"

void made_cleanup(struct made *made)
{
	metrics_cleanup(&made->metrics);
	record_cleanup(&made->record);
}

fallible made_print(struct context *context, const struct snapshot_request *request, const struct record *record,
		    const struct strings *missing)
{
	AUTO(output) struct output *output = NULL;
	const struct db *vectors = request->databases[DATABASE_VECTORS].db;
	if (context_is_silent(context) && record && record->complete)
		return NULL;
	TRY(context_output(context, &output));
	output_string(output, record ? record->snapshot : NULL);
	output_string(output, db_display(request->installation->db));
	output_string(output, vectors ? db_display(vectors) : NULL);
	output_string(output, store_display(request->repository->store));
	if (record) {
		output_integer(output, (int64_t)record->rows);
		output_integer(output, (int64_t)record->files);
		output_integer(output, (int64_t)record->bytes);
		output_integer(output, (int64_t)record->added);
	} else {
		for (int i = 0; i < 4; i++)
			output_null(output);
	}
	output_texts(output, (const char *const *)missing->items, missing->count);
	output_string(output, !record ? "would create" : record->complete ? "created" : "incomplete");
	TRY(output_row(output));
	return output_close(output);
}

void made_summarize(struct context *context, const struct snapshot_request *request, const struct record *record)
{
	AUTO(memory) char *bytes = number_bytes(record->bytes);
	AUTO(memory) char *added = number_bytes(record->added);
	AUTO(memory) char *stored = number_bytes(record_stored(record));
	if (!backup_is_watched(context))
		return;
	backup_tell_pace(context, request->progress, "read and packed");
	context_done(context, "the snapshot has %llu row%s and %llu file%s, %s; %s in the repository, which grew by %s",
		     (unsigned long long)record->rows, record->rows == 1 ? "" : "s", (unsigned long long)record->files,
		     record->files == 1 ? "" : "s", bytes, stored, added);
}

/* ---- for a monitor ---- */

static void measure(struct metrics *metrics, const struct record *record)
{
	double bytes = (double)record->bytes, stored = (double)record_stored(record);
	metrics_add(metrics, "read_bytes", "Bytes of rows and files in the snapshot, before compression.", bytes);
	metrics_add(metrics, "stored_bytes", "Bytes in the repository that the snapshot consists of.", stored);
	metrics_add(metrics, "added_bytes", "Bytes that the repository grew by.", (double)record->added);
	if (record->bytes)
		metrics_add(metrics, "ratio", "Stored bytes by those that were read.", stored / bytes);
	metrics_add(metrics, "rows", "Rows in the snapshot.", (double)record->rows);
	metrics_add(metrics, "files", "Files in the snapshot.", (double)record->files);
	metrics_add(metrics, "missing_files",
		    "Files that the database names and that were not there, or can't be read.",
		    (double)record->missing);
}

static fallible find_last_drill(const struct snapshot_request *request, struct drill *drill, bool *found)
{
	AUTO(strings) struct strings drills = {0};
	unsigned char key[DIGEST_SIZE];
	drill_key(request->repository, request->recipients, key);
	TRY(drill_list(request->repository, &drills));
	const struct drill_choice choice = {.label = request->label};
	return drill_find_last(request->repository, &drills, key, &choice, drill, found);
}

/* Who may write and not list says nothing of it. */
static void measure_drill(struct metrics *metrics, const struct snapshot_request *request)
{
	AUTO(drill) struct drill drill = {0};
	bool found = false;
	error_ignore(find_last_drill(request, &drill, &found));
	if (!found)
		return;
	metrics_add(metrics, "last_drill_timestamp_seconds", "When a snapshot was last restored to see that it serves.",
		    (double)drill.time);
	metrics_add(metrics, "last_drill_success", "Whether that went well.", !drill.failed);
}

void made_measure(struct made *made, const struct snapshot_request *request)
{
	measure(&made->metrics, &made->record);
	if (made->metrics.label_count)
		measure_drill(&made->metrics, request);
}
