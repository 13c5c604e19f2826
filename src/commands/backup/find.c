/* Which snapshot is meant. */
#include <string.h>

#include "backup/newest.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "commands/backup/backup.h"

/* Who did not name it may have thought of another: of another day, or of another installation. */
static void tell(const struct record *record)
{
	char time[CLOCK_TEXT_SIZE] = "";
	clock_format(record->time, time);
	log_note("the snapshot is %s of \"%s\", made %s", record->snapshot, record->label, time);
	if (record->time - clock_now() > NEWEST_AHEAD_S)
		log_warning("snapshot %s is of the future by the clock here: one before it may be newer, and is chosen "
			    "by its name, or by --as-of",
			    record->snapshot);
}

/* ---- by its name ---- */

/* Where the word of another option, or another tool's argument, was taken for a snapshot. */
static const char *hint_for(const char *name)
{
	if (strchr(name, '/'))
		return "a SNAPSHOT is no path: --data-dir names the folder of an installation, --repository the place "
		       "of the backups";
	if (text_ends(name, "%"))
		return "a share is joined to its option: --read-data=5%";
	return "`owctl backup list` shows what there is";
}

static fallible none(const struct repository *repository, const char *name)
{
	if (!name)
		return error_hint(error_new(ERR_INPUT, "%s has no snapshot", store_display(repository->store)),
				  "`owctl backup create` makes one");
	return error_hint(error_new(ERR_INPUT, "%s has no snapshot %s", store_display(repository->store), name), "%s",
			  hint_for(name));
}

static fallible choose_named(const struct repository *repository, const struct strings *snapshots, const char *name,
			     const char **chosen)
{
	*chosen = NULL;
	if (!name && snapshots->count)
		*chosen = snapshots->items[snapshots->count - 1];
	for (size_t i = 0; name && !*chosen && i < snapshots->count; i++) {
		if (!text_starts(snapshots->items[i], name))
			continue;
		if (i + 1 < snapshots->count && text_starts(snapshots->items[i + 1], name))
			return error_hint(error_new(ERR_INPUT, "several snapshots begin with %s", name),
					  "give more of it");
		*chosen = snapshots->items[i];
	}
	return *chosen ? NULL : none(repository, name);
}

/* ---- by time and label ---- */

struct looking {
	const struct repository *repository;
	const unsigned char *key;
	const struct snapshot_choice *choice;
	struct strings labels; /* of those that were looked at */
};
static void looking_cleanup(struct looking *looking)
{
	strings_cleanup(&looking->labels);
}

/* One that was damaged can't tell whether it is of that label: it is told, and passed over. */
static fallible look_at(struct looking *looking, const char *snapshot, struct record *record, bool *fits)
{
	const char *label = looking->choice->label;
	struct error *error = record_read(looking->repository, snapshot, looking->key, record);
	*fits = false;
	if (error && (!label || error->code != ERR_INPUT))
		return error;
	if (error) {
		log_warning_error(error);
		return NULL;
	}
	*fits = !label || !strcmp(record->label, label);
	if (!strings_have(&looking->labels, record->label))
		strings_add(&looking->labels, record->label);
	return NULL;
}

static fallible find_newest(struct looking *looking, const struct strings *snapshots, struct record *record,
			    bool *found)
{
	int64_t as_of = looking->choice->as_of;
	*found = false;
	for (size_t i = snapshots->count; i-- && !*found;) {
		AUTO(record) struct record read = {0};
		if (as_of && record_is_after(snapshots->items[i], as_of))
			continue;
		TRY(look_at(looking, snapshots->items[i], &read, found));
		if (*found) {
			*record = read;
			read = (struct record){0};
		}
	}
	return NULL;
}

/* What there is instead: the oldest of those that are too new; or other labels. */
static fallible nothing_fits(struct looking *looking, const struct strings *snapshots)
{
	const struct snapshot_choice *choice = looking->choice;
	AUTO(record) struct record nearest = {0};
	AUTO(strings) struct strings near = {0};
	AUTO(memory) char *of = choice->label ? text_format(" of \"%s\"", choice->label) : text_copy("");
	char time[CLOCK_TEXT_SIZE] = "then";
	bool found = false;
	clock_format(choice->as_of, time);
	struct error *nothing = error_new(ERR_INPUT, "%s has no snapshot%s%s%s",
					  store_display(looking->repository->store), of,
					  choice->as_of ? " that was made by " : "", choice->as_of ? time : "");
	for (size_t i = 0; choice->as_of && i < snapshots->count && !found; i++) {
		record_cleanup(&nearest);
		struct error *error = look_at(looking, snapshots->items[i], &nearest, &found);
		if (error)
			return error_first(nothing, error);
	}
	if (found && clock_format(nearest.time, time))
		return error_hint(nothing, "the nearest one is %s, made %s (\"%s\")", nearest.snapshot, time,
				  nearest.label);
	if (choice->label)
		suggest(choice->label, (const char *const *)looking->labels.items, looking->labels.count, &near);
	return near.count ? error_hint(nothing, "did you mean --label \"%s\"? `owctl backup list` shows what there is",
				       near.items[0])
			  : error_hint(nothing, "`owctl backup list` shows what there is");
}

static fallible choose_fitting(struct looking *looking, const struct strings *snapshots, struct record *record)
{
	bool found;
	TRY(find_newest(looking, snapshots, record, &found));
	if (!found)
		return nothing_fits(looking, snapshots);
	tell(record);
	return NULL;
}

/* ---- */

bool backup_chooses(const struct snapshot_choice *choice)
{
	return choice->name || choice->label || choice->as_of;
}

fallible backup_find(const struct repository *repository, const struct snapshot_choice *choice,
		     const unsigned char *key, struct record *record)
{
	AUTO(looking) struct looking looking = {.repository = repository, .key = key, .choice = choice};
	AUTO(strings) struct strings snapshots = {0};
	const char *name = choice->name && strcmp(choice->name, "latest") != 0 ? choice->name : NULL, *chosen;
	bool fitting = choice->label || choice->as_of;
	if (name && fitting)
		return error_hint(error_new(ERR_USAGE, "%s is one snapshot, and %s looks for another", name,
					    choice->as_of ? "--as-of" : "--label"),
				  "give one of them");
	TRY(record_list(repository, &snapshots));
	if (fitting && snapshots.count)
		return choose_fitting(&looking, &snapshots, record);
	TRY(choose_named(repository, &snapshots, name, &chosen));
	TRY(record_read(repository, chosen, key, record));
	if (!name)
		tell(record);
	return NULL;
}
