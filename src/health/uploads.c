#include "health/uploads.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/sorted.h"
#include "db/db.h"

#define NAMES_TOLD 3
#define LISTED_MOST (4 * UPLOADS_MOST) /* names of others may lie beside them */
#define LIST_MS 3000 /* so long a list may take */
#define UNDER_WAY_S 60 /* an upload has its blob before its row, and takes as long */
#define OWNERLESS_S 3600
#define LOOKED_AGAIN 20

/* A row whose blob this provider would have. */
struct claim {
	char *id, *name;
	bool young;
};

struct comparing {
	const struct uploads_place *place;
	struct uploads_seen *seen;
	struct db *db;
	char prefix[UUID_TEXT_SIZE]; /* of the ids that are looked at; "": all */
	struct claim *claims;	     /* in order of names once they are all there */
	size_t count, room;
	/* the list */
	bool *found; /* beside claims */
	size_t listed;
	char *last; /* name that was listed; beyond it nothing is known where `cut` */
	bool cut;
	int64_t list_until_ms;
};

static void comparing_cleanup(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->count; i++) {
		free(comparing->claims[i].id);
		free(comparing->claims[i].name);
	}
	free(comparing->claims);
	free(comparing->found);
	free(comparing->last);
	db_close(comparing->db);
}

void uploads_seen_cleanup(struct uploads_seen *seen)
{
	error_free(seen->failure);
	strings_cleanup(&seen->missing_names);
	strings_cleanup(&seen->orphan_names);
	strings_cleanup(&seen->foreign_paths);
	*seen = (struct uploads_seen){0};
}

/* ---- rows ---- */

/* What a path begins with, in the words of uploads_place.kind; a folder's begins with no scheme. */
static const char *kind_of(const char *path)
{
	static const char *const schemes[] = {"s3://", "gs://", "http"};
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (text_starts(path, schemes[i]))
			return schemes[i];
	return "";
}

static void add_claim(struct comparing *comparing, const char *id, const char *name, bool young)
{
	if (comparing->count == comparing->room) {
		comparing->room = comparing->room ? 2 * comparing->room : 256;
		comparing->claims = mem_resize(comparing->claims, comparing->room, sizeof *comparing->claims);
	}
	comparing->claims[comparing->count++] =
		(struct claim){.id = text_copy(id), .name = text_copy(name), .young = young};
}

/* All blobs of a place are in one folder, uploads, or directly under the prefix of a bucket. */
static void take_row(struct comparing *comparing, const char *id, const char *path, int64_t created)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	if (!slash || !slash[1])
		return;
	if (!text_equal(kind_of(path), comparing->place->kind)) {
		comparing->seen->foreign++;
		if (comparing->seen->foreign_paths.count < NAMES_TOLD)
			strings_add(&comparing->seen->foreign_paths, path);
		return;
	}
	bool in_uploads = *comparing->place->kind || (slash - path >= 8 && !strncmp(slash - 8, "/uploads", 8));
	bool findable = !*comparing->prefix || text_starts(slash + 1, comparing->prefix);
	if (in_uploads && findable)
		add_claim(comparing, id, slash + 1, created > comparing->place->now - UNDER_WAY_S);
}

static int by_name(const void *a, const void *b)
{
	const struct claim *one = a, *other = b;
	return strcmp(one->name, other->name);
}

/* So many digits that few enough rows have ids that begin with them. */
static void choose_prefix(struct comparing *comparing)
{
	char drawn[UUID_TEXT_SIZE];
	size_t digits = 0;
	random_uuid(drawn);
	for (int64_t left = comparing->seen->rows; left > UPLOADS_MOST && digits < 8; left /= 16)
		digits++;
	memcpy(comparing->prefix, drawn, digits);
}

static fallible read_rows(struct comparing *comparing)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error;
	bool exists;
	TRY(db_begin(comparing->db, DB_READ));
	TRY(db_table_exists(comparing->db, "file", &exists));
	if (exists)
		TRY(db_single_integer(comparing->db, "select count(*) from file", NULL, 0, &comparing->seen->rows));
	if (!comparing->seen->rows)
		return NULL;
	choose_prefix(comparing);
	AUTO(memory) char *pattern = text_format("%s%%", comparing->prefix);
	struct db_value like = db_text(pattern);
	TRY(db_query(comparing->db, "select id, path, created_at from file where id like $1", &like, 1, &rows));
	while (db_row(rows, &error))
		take_row(comparing, db_cell_text(rows, 0), db_cell_text(rows, 1), db_cell_integer(rows, 2));
	if (!error && comparing->count)
		qsort(comparing->claims, comparing->count, sizeof *comparing->claims, by_name);
	return error;
}

/* ---- the list ---- */

static const char *name_of_claim(const void *claim)
{
	return ((const struct claim *)claim)->name;
}

/* Open WebUI calls a blob "ID_NAME". */
static bool is_blob(const char *name)
{
	char id[UUID_TEXT_SIZE] = "";
	if (strlen(name) < UUID_TEXT_SIZE || name[UUID_TEXT_SIZE - 1] != '_' || strchr(name, '/'))
		return false;
	memcpy(id, name, UUID_TEXT_SIZE - 1);
	return text_is_uuid(id);
}

static fallible take_object(void *state, const struct store_object *object)
{
	struct comparing *comparing = state;
	size_t at = sorted_place(comparing->claims, comparing->count, sizeof *comparing->claims, name_of_claim,
				 object->name);
	bool claimed = at < comparing->count && !strcmp(comparing->claims[at].name, object->name);
	for (; at < comparing->count && !strcmp(comparing->claims[at].name, object->name); at++)
		comparing->found[at] = true;
	if (!claimed && is_blob(object->name) &&
	    object->modified / NS_A_SECOND < comparing->place->now - OWNERLESS_S) {
		comparing->seen->orphans++;
		comparing->seen->orphan_bytes += object->size;
		if (comparing->seen->orphan_names.count < NAMES_TOLD)
			strings_add(&comparing->seen->orphan_names, object->name);
	}
	comparing->cut = ++comparing->listed >= LISTED_MOST ||
			 clock_monotonic_ms() >= comparing->list_until_ms;
	if (!comparing->cut)
		return NULL;
	comparing->last = text_copy(object->name);
	return error_new(ERR_NO, "the list is too long");
}

static fallible list(struct comparing *comparing)
{
	comparing->list_until_ms = clock_monotonic_ms() + LIST_MS;
	comparing->found = mem_new(comparing->count + 1, sizeof *comparing->found);
	if (!comparing->place->store)
		return NULL;
	struct error *error = store_list(comparing->place->store, comparing->prefix, take_object, comparing);
	if (!comparing->cut)
		return error;
	error_ignore(error);
	return NULL;
}

/* ---- what is missing ---- */

/* Who deletes an upload takes away its row, then its blob: what is gone by now was never missing. */
static fallible is_missing(struct comparing *comparing, const struct claim *claim, bool *missing)
{
	struct db_value id = db_text(claim->id);
	int64_t rows;
	bool found = false;
	db_rollback(comparing->db);
	TRY(db_begin(comparing->db, DB_READ));
	TRY(db_single_integer(comparing->db, "select count(*) from file where id = $1", &id, 1, &rows));
	if (comparing->place->store)
		TRY(store_look(comparing->place->store, claim->name, &found, NULL));
	*missing = rows && !found;
	return NULL;
}

static fallible count_missing(struct comparing *comparing)
{
	struct uploads_seen *seen = comparing->seen;
	int64_t asked = 0;
	for (size_t i = 0; i < comparing->count; i++) {
		const struct claim *claim = &comparing->claims[i];
		bool missing = !comparing->found[i];
		if (comparing->cut && strcmp(claim->name, comparing->last) > 0)
			break;
		seen->looked++;
		if (claim->young || !missing)
			continue;
		if (asked++ < LOOKED_AGAIN)
			TRY(is_missing(comparing, claim, &missing));
		seen->missing += missing;
		if (missing && seen->missing_names.count < NAMES_TOLD)
			strings_add(&seen->missing_names, claim->name);
	}
	return NULL;
}

static fallible compare(struct comparing *comparing)
{
	const struct uploads_place *place = comparing->place;
	const struct db_options how = {.read_only = true,
				       .connect_timeout_s = place->timeout_s,
				       .lock_timeout_s = place->timeout_s,
				       .statement_timeout_s = place->timeout_s};
	TRY(db_open(place->database, &how, &comparing->db));
	TRY(read_rows(comparing));
	TRY(list(comparing));
	return count_missing(comparing);
}

void uploads_compare(const struct uploads_place *place, struct uploads_seen *seen)
{
	struct comparing comparing = {.place = place, .seen = seen};
	seen->failure = compare(&comparing);
	seen->compared = !seen->failure;
	comparing_cleanup(&comparing);
}
