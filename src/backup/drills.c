#include "backup/drills.h"

#include <string.h>

#include "backup/sealed_line.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"

#define DRILL_LIMIT ((size_t)64 << 10)
#define ENDING ".json"

const char *const drill_step_names[DRILL_STEPS] = {[DRILL_MANIFEST] = "manifest", [DRILL_FILES] = "files",
						   [DRILL_ROWS] = "rows",	 [DRILL_DATABASE] = "database",
						   [DRILL_SERVER] = "server"};

void drill_cleanup(struct drill *drill)
{
	free(drill->label);
	free(drill->owctl);
	free(drill->engine);
	free(drill->release);
	*drill = (struct drill){0};
}

const char *drill_outcome(const struct drill *drill)
{
	return drill->failed ? "failed" : "good";
}

void drill_key(const struct repository *repository, const struct age_recipients *recipients,
	       unsigned char key[static DIGEST_SIZE])
{
	repository_derive(repository, recipients, "owctl drill key 1\n", key);
}

/* ---- writing ---- */

static json_t *json_of(const struct drill *drill)
{
	char time[CLOCK_TEXT_SIZE];
	clock_format(drill->time, time);
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:I, s:I, s:I}", "format", BACKUP_FORMAT,
			 "drill", drill->id, "snapshot", drill->snapshot, "time", time, "label", drill->label, "owctl",
			 drill->owctl, "failed", drill_step_names[drill->failed], "engine", drill->engine, "release",
			 drill->release, "rows", (json_int_t)drill->rows, "files", (json_int_t)drill->files, "seconds",
			 (json_int_t)drill->seconds);
}

fallible drill_write(const struct repository *repository, const struct drill *drill,
		     const unsigned char key[static DIGEST_SIZE])
{
	AUTO(memory) char *name = text_format(DRILLS_PREFIX "%s.%s" ENDING, drill->id, drill->snapshot);
	AUTO(json) json_t *json = json_of(drill);
	AUTO(str) struct str text = {0};
	sealed_line_add(&text, json, key);
	return store_put(repository->store, name, text.data, text.size, STORE_NEW);
}

/* ---- reading ---- */

/* The name's two IDs, ".json" behind them. */
static bool split_name(const char *name, char id[static SNAPSHOT_ID_SIZE], char snapshot[static SNAPSHOT_ID_SIZE])
{
	const size_t size = SNAPSHOT_ID_SIZE - 1;
	const char *rest = name + strlen(DRILLS_PREFIX);
	if (strlen(rest) != 2 * size + 1 + strlen(ENDING) || rest[size] != '.' || !text_ends(rest, ENDING))
		return false;
	memcpy(id, rest, size);
	memcpy(snapshot, rest + size + 1, size);
	id[size] = snapshot[size] = '\0';
	return record_is_id(id) && record_is_id(snapshot);
}

static fallible add_name(void *state, const struct store_object *object)
{
	char id[SNAPSHOT_ID_SIZE], snapshot[SNAPSHOT_ID_SIZE];
	if (split_name(object->name, id, snapshot))
		strings_add(state, object->name);
	return NULL;
}

fallible drill_list(const struct repository *repository, struct strings *names)
{
	return store_list(repository->store, DRILLS_PREFIX, add_name, names);
}

/* A step that only a later owctl knows is a failure all the same. */
static enum drill_step step_of(const char *name)
{
	for (enum drill_step step = DRILL_MANIFEST; step < DRILL_STEPS; step++)
		if (text_equal(name, drill_step_names[step]))
			return step;
	return DRILL_DATABASE;
}

static bool read_json(json_t *json, struct drill *drill)
{
	int format;
	const char *id, *snapshot, *time, *label, *owctl, *engine;
	json_t *failed, *release; /* texts, or null */
	json_int_t rows, files, seconds;
	if (json_unpack(json, "{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:I, s:I, s:I}", "format", &format,
			"drill", &id, "snapshot", &snapshot, "time", &time, "label", &label, "owctl", &owctl, "failed",
			&failed, "engine", &engine, "release", &release, "rows", &rows, "files", &files, "seconds",
			&seconds) ||
	    format != BACKUP_FORMAT || strcmp(id, drill->id) != 0 || strcmp(snapshot, drill->snapshot) != 0 ||
	    !clock_parse(time, &drill->time) || rows < 0 || files < 0)
		return false;
	drill->label = text_copy(label);
	drill->owctl = text_copy(owctl);
	drill->failed = json_is_null(failed) ? DRILL_NONE : step_of(json_string_value(failed));
	drill->engine = text_copy(engine);
	drill->release = text_copy(json_string_value(release));
	drill->rows = (uint64_t)rows;
	drill->files = (uint64_t)files;
	drill->seconds = seconds;
	return true;
}

static fallible read_drill(const struct repository *repository, const char *name, const unsigned char *key,
			   struct drill *drill)
{
	AUTO(str) struct str text = {0};
	AUTO(json) json_t *json = NULL;
	if (!split_name(name, drill->id, drill->snapshot))
		return error_new(ERR_INPUT, "it is not called as it should be");
	TRY(store_read(repository->store, name, DRILL_LIMIT, &text));
	TRY(sealed_line_read(&text, key, &json));
	return read_json(json, drill) ? NULL : error_new(ERR_INPUT, "it is not as it should be");
}

/* Also one that was removed since it was listed. */
static fallible try_to_read(const struct repository *repository, const char *name, const unsigned char *key,
			    struct drill *drill, bool *readable)
{
	struct error *error = error_wrap(read_drill(repository, name, key, drill), "object %s", name);
	*readable = !error;
	if (error && error->code != ERR_INPUT)
		return error;
	log_warning_error(error);
	return NULL;
}

static bool fits(const struct drill *drill, const struct drill_choice *choice)
{
	return (!choice->label || !strcmp(drill->label, choice->label)) && !(choice->good && drill->failed);
}

fallible drill_find_last(const struct repository *repository, const struct strings *names, const unsigned char *key,
			 const struct drill_choice *choice, struct drill *drill, bool *found)
{
	*found = false;
	for (size_t i = names->count; i-- && !*found;) {
		AUTO(drill) struct drill read = {0};
		bool readable;
		const char *of = names->items[i] + strlen(DRILLS_PREFIX) + SNAPSHOT_ID_SIZE;
		if (choice->snapshot && !text_starts(of, choice->snapshot))
			continue;
		TRY(try_to_read(repository, names->items[i], key, &read, &readable));
		if (!readable || !fits(&read, choice))
			continue;
		*drill = read;
		read = (struct drill){0};
		*found = true;
	}
	return NULL;
}

/* ---- removing ---- */

static fallible remove_of_label(const struct repository *repository, const char *name, const char *label)
{
	AUTO(drill) struct drill drill = {0};
	bool readable;
	TRY(try_to_read(repository, name, NULL, &drill, &readable));
	return readable && !strcmp(drill.label, label) ? store_delete(repository->store, name) : NULL;
}

/* Drills are listed before the snapshots: of one that is listed the snapshot was there. */
fallible drill_remove_old(const struct repository *repository, const struct drill *drill)
{
	AUTO(strings) struct strings names = {0}, snapshots = {0};
	TRY(drill_list(repository, &names));
	TRY(record_list(repository, &snapshots));
	for (size_t i = 0; i < names.count; i++) {
		char id[SNAPSHOT_ID_SIZE], snapshot[SNAPSHOT_ID_SIZE];
		if (!split_name(names.items[i], id, snapshot))
			continue;
		bool older = !drill->failed && !strcmp(snapshot, drill->snapshot) && strcmp(id, drill->id) < 0;
		if (older || !strings_have_sorted(&snapshots, snapshot))
			TRY(remove_of_label(repository, names.items[i], drill->label));
	}
	return NULL;
}
