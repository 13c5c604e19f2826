/* Listing in order of names: a folder counts as its name with "/" behind it, so that "a.b" comes before "a/b". Of each
 * folder on the way the names are in memory, no more; no line is held while the lister works. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/name.h"
#include "store/sftp/sftp.h"

#define LEFT_AFTER_S (24 * 60 * 60)

struct entry {
	char *name; /* of a folder with "/" behind it */
	struct sftp_attributes attributes;
};

struct entries {
	struct entry *items;
	size_t count, room;
};

struct listing {
	struct sftp *sftp;
	const char *prefix;
	size_t prefix_size;
	store_lister *lister;
	void *state;
	struct str name; /* of what is looked at */
	int64_t now; /* s since 1970, by the store's clock; 0: not asked for yet */
};

/* One folder. */
struct reading {
	struct listing *listing;
	struct entries entries;
	struct strings old_parts;
};

static void entries_clear(struct entries *entries)
{
	while (entries->count)
		free(entries->items[--entries->count].name);
}

static void reading_cleanup(struct reading *reading)
{
	entries_clear(&reading->entries);
	free(reading->entries.items);
	strings_cleanup(&reading->old_parts);
}

/* Whether names that begin with that of the folder and `name` can begin with the prefix. */
static bool may_fit(const struct listing *listing, const char *name)
{
	size_t size = listing->name.size;
	size_t in_folder = size < listing->prefix_size ? size : listing->prefix_size;
	size_t in_name = listing->prefix_size - in_folder < strlen(name) ? listing->prefix_size - in_folder
									 : strlen(name);
	return !memcmp(str_text(&listing->name), listing->prefix, in_folder) &&
	       !memcmp(name, listing->prefix + in_folder, in_name);
}

static void add_entry(struct reading *reading, const char *name, const struct sftp_attributes *attributes)
{
	struct entries *entries = &reading->entries;
	bool is_folder = sftp_is_kind(attributes, S_IFDIR);
	if (store_is_part(name)) {
		if (clock_now() - attributes->modified > LEFT_AFTER_S && sftp_is_kind(attributes, S_IFREG))
			strings_add(&reading->old_parts, name);
		return;
	}
	if (!store_name_valid(name) || (!is_folder && !sftp_is_kind(attributes, S_IFREG)))
		return;
	AUTO(memory) char *whole = text_format("%s%s", name, is_folder ? "/" : "");
	if (!may_fit(reading->listing, whole))
		return;
	if (entries->count == entries->room) {
		entries->room = entries->room ? 2 * entries->room : 64;
		entries->items = mem_resize(entries->items, entries->room, sizeof *entries->items);
	}
	entries->items[entries->count++] = (struct entry){.name = text_copy(whole), .attributes = *attributes};
}

static fallible take_names(struct sftp_session *session, struct reading *reading, struct sftp_reader *fields)
{
	size_t size, long_size;
	for (uint32_t left = sftp_read_u32(fields); left && !fields->broken; left--) {
		struct sftp_attributes attributes;
		const char *bytes = sftp_read_string(fields, &size);
		sftp_read_string(fields, &long_size);
		sftp_read_attributes(fields, &attributes);
		AUTO(memory) char *name = text_copy_n(bytes, size);
		if (!fields->broken && strlen(name) == size && !strchr(name, '/'))
			add_entry(reading, name, &attributes);
	}
	return fields->broken ? sftp_nonsense(session) : NULL;
}

static char *path_of_folder(const struct listing *listing)
{
	char *path = sftp_path(listing->sftp, str_text(&listing->name));
	size_t size = strlen(path);
	if (size > 1 && path[size - 1] == '/')
		path[size - 1] = '\0';
	if (*path)
		return path;
	free(path);
	return text_copy(".");
}

/* One that is gone by now was not there. */
static fallible read_folder(struct sftp_session *session, void *state)
{
	struct reading *reading = state;
	AUTO(memory) char *path = path_of_folder(reading->listing);
	AUTO(str) struct str handle = {0}, fields = {0};
	struct sftp_answer answer;
	uint32_t code;
	entries_clear(&reading->entries);
	strings_cleanup(&reading->old_parts);
	reading->old_parts = (struct strings){0};
	TRY(sftp_open_folder(session, path, &code, &handle));
	if (code == SFTP_NO_SUCH_FILE && reading->listing->name.size)
		return NULL;
	if (code != SFTP_OK)
		return sftp_refused(session, code, "list", str_text(&reading->listing->name));
	sftp_add_string(&fields, str_text(&handle), handle.size);
	for (;;) {
		TRY(sftp_ask(session, SFTP_READDIR, &fields, &answer));
		if (answer.type != SFTP_NAME)
			break;
		TRY(take_names(session, reading, &answer.fields));
	}
	if (answer.code != SFTP_EOF)
		return sftp_refused(session, answer.code, "list", str_text(&reading->listing->name));
	return sftp_close(session, &handle, &code);
}

/* ---- parts whose writers are gone ---- */

struct sweeping {
	struct listing *listing;
	const char *path;
};

/* The clock that counts is the store's. */
static fallible sweep(struct sftp_session *session, void *state)
{
	struct sweeping *sweeping = state;
	struct sftp_attributes attributes = {0};
	uint32_t code, now;
	if (!sweeping->listing->now) {
		TRY(sftp_scratch(session, sweeping->path, &code, &now));
		if (code != SFTP_OK)
			return NULL;
		sweeping->listing->now = now;
	}
	TRY(sftp_stat(session, SFTP_LSTAT, sweeping->path, &code, &attributes));
	if (code != SFTP_OK || sweeping->listing->now - attributes.modified <= LEFT_AFTER_S)
		return NULL;
	return sftp_on_path(session, SFTP_REMOVE, sweeping->path, &code);
}

static void sweep_all(struct listing *listing, const struct strings *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		AUTO(memory) char *name = text_format("%s%s", str_text(&listing->name), parts->items[i]);
		AUTO(memory) char *path = sftp_path(listing->sftp, name);
		struct sweeping sweeping = {.listing = listing, .path = path};
		error_ignore(sftp_do(listing->sftp, NULL, sweep, &sweeping)); /* another list will */
	}
}

/* ---- the list ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static fallible list_folder(struct listing *listing);

static fallible list_entry(struct listing *listing, const struct entry *entry)
{
	if (text_ends(entry->name, "/"))
		return list_folder(listing);
	if (listing->name.size < listing->prefix_size)
		return NULL;
	struct store_object object = {.name = listing->name.data,
				      .size = entry->attributes.size,
				      .modified = (int64_t)entry->attributes.modified * 1000000000};
	return listing->lister(listing->state, &object);
}

static fallible list_folder(struct listing *listing)
{
	AUTO(reading) struct reading reading = {.listing = listing};
	TRY(cancel_check());
	TRY(sftp_do(listing->sftp, NULL, read_folder, &reading));
	sweep_all(listing, &reading.old_parts);
	if (reading.entries.count)
		qsort(reading.entries.items, reading.entries.count, sizeof *reading.entries.items, by_name);
	size_t size = listing->name.size;
	for (size_t i = 0; i < reading.entries.count; i++) {
		str_add(&listing->name, reading.entries.items[i].name);
		TRY(list_entry(listing, &reading.entries.items[i]));
		listing->name.size = size;
		listing->name.data[size] = '\0';
	}
	return NULL;
}

fallible sftp_list(struct store *store, const char *prefix, store_lister *lister, void *state)
{
	struct listing listing = {.sftp = sftp_of(store),
				  .prefix = prefix,
				  .prefix_size = strlen(prefix),
				  .lister = lister,
				  .state = state};
	str_add(&listing.name, "");
	struct error *error = list_folder(&listing);
	str_cleanup(&listing.name);
	return error;
}
