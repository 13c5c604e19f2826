#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/notify.h"
#include "store/driver.h"
#include "store/name.h"

#define PATIENCE_S 60
#define CONNECT_TIMEOUT_S 10
#define SILENCE_TIMEOUT_S 60

/* ---- a store ---- */

static fallible open_by(const struct store_target *target, const struct store_options *options, bool make,
			struct store **store)
{
	static const struct store_driver *const drivers[] = {
		[STORE_FOLDER] = &folder_driver,
		[STORE_S3] = &s3_driver,
		[STORE_AZURE] = &azure_driver,
		[STORE_GS] = &s3_driver,
		[STORE_SFTP] = &sftp_driver,
	};
	const struct store_driver *driver = drivers[target->kind];
	struct store_options complete = options ? *options : (struct store_options){0};
	complete.patience_s = complete.patience_s ? complete.patience_s : PATIENCE_S;
	complete.connect_timeout_s = complete.connect_timeout_s ? complete.connect_timeout_s : CONNECT_TIMEOUT_S;
	complete.silence_timeout_s = complete.silence_timeout_s ? complete.silence_timeout_s : SILENCE_TIMEOUT_S;

	struct store *opened = NULL;
	TRY(driver->open(target, &complete, make, &opened));
	opened->driver = driver;
	opened->options = complete;
	opened->display = text_copy(target->display);
	log_debug("opened %s", opened->display);
	*store = opened;
	return NULL;
}

fallible store_open(const struct store_target *target, const struct store_options *options, struct store **store)
{
	return open_by(target, options, false, store);
}

fallible store_make(const struct store_target *target, const struct store_options *options, struct store **store)
{
	return open_by(target, options, true, store);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store->driver->close(store);
	free(store->display);
	free(store);
}

const char *store_display(const struct store *store)
{
	return store->display;
}

bool store_can(struct store *store, enum store_feature feature)
{
	return store->driver->can(store, feature);
}

fallible store_ask_facts(struct store *store, struct store_facts *facts)
{
	return store->driver->facts ? store->driver->facts(store, facts) : NULL;
}

void store_facts_cleanup(struct store_facts *facts)
{
	free(facts->region);
	*facts = (struct store_facts){0};
}

/* A request was answered, and the work goes on; but what is put is also put by a thread of its own (heartbeat.h of
 * backup/), which tells nothing of it. */
static fallible alive(struct error *error)
{
	if (!error)
		notify_alive();
	return error;
}

/* ---- writing ---- */

fallible store_taken(const char *name)
{
	return error_new(ERR_NO, "%s is there already", name);
}

static fallible check_name(const char *name)
{
	return store_name_valid(name) ? NULL : error_new(ERR_INPUT, "\"%s\" can't be the name of an object", name);
}

fallible store_put(struct store *store, const char *name, const char *bytes, size_t size, enum store_writing writing)
{
	TRY(check_name(name));
	return store->driver->put(store, name, bytes, size, writing);
}

fallible store_upload_begin(struct store *store, const char *name, enum store_writing writing,
			    struct store_upload **upload)
{
	TRY(check_name(name));
	struct store_upload *begun = NULL;
	TRY(store->driver->upload_begin(store, name, writing, &begun));
	begun->store = store;
	begun->name = text_copy(name);
	begun->writing = writing;
	*upload = begun;
	return NULL;
}

fallible store_upload_write(struct store_upload *upload, const char *bytes, size_t size)
{
	if (upload->failed)
		return error_new(ERR_FAILED, "%s can't be gone on with after an error", upload->name);
	struct error *error = size ? upload->store->driver->upload_write(upload, bytes, size) : NULL;
	upload->failed = error;
	return error;
}

fallible store_upload_end(struct store_upload **upload)
{
	AUTO(store_upload) struct store_upload *ending = *upload;
	*upload = NULL;
	if (ending->failed)
		return error_new(ERR_FAILED, "%s is not whole after an error", ending->name);
	TRY(ending->store->driver->upload_end(ending));
	ending->ended = true;
	return NULL;
}

void store_upload_abort(struct store_upload *upload)
{
	if (!upload)
		return;
	upload->store->driver->upload_free(upload);
	free(upload->name);
	free(upload);
}

fallible store_delete(struct store *store, const char *name)
{
	TRY(check_name(name));
	return alive(store->driver->remove(store, name));
}

/* ---- reading ---- */

fallible store_look(struct store *store, const char *name, bool *found, struct store_object *object)
{
	struct store_object ignored;
	TRY(check_name(name));
	return alive(store->driver->look(store, name, found, object ? object : &ignored));
}

fallible store_lock_anew(struct store *store, const char *name, bool *found, struct store_object *object)
{
	struct store_object ignored;
	if (!store->driver->lock_anew)
		return store_look(store, name, found, object);
	TRY(check_name(name));
	return alive(store->driver->lock_anew(store, name, found, object ? object : &ignored));
}

fallible store_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	TRY(check_name(name));
	return alive(store->driver->get(store, name, offset, size, out));
}

struct bounded {
	struct str *bytes;
	size_t limit;
	const char *name;
};

static fallible take_bounded(void *state, const char *bytes, size_t size)
{
	struct bounded *into = state;
	if (size > into->limit - into->bytes->size)
		return error_new(ERR_INPUT, "%s has more than %zu bytes", into->name, into->limit);
	str_add_n(into->bytes, bytes, size);
	return NULL;
}

fallible store_read(struct store *store, const char *name, size_t limit, struct str *bytes)
{
	str_clear(bytes);
	struct bounded into = {.bytes = bytes, .limit = limit, .name = name};
	return store_get(store, name, 0, 0, &(struct sink){take_bounded, &into});
}

fallible store_list(struct store *store, const char *prefix, store_lister *lister, void *state)
{
	return alive(store->driver->list(store, prefix, lister, state));
}

fallible store_tidy(struct store *store, store_chooser *is_ours, int64_t before, size_t *count)
{
	*count = 0;
	return store->driver->tidy ? store->driver->tidy(store, is_ours, before, count) : NULL;
}

fallible store_time(struct store *store, const char *scratch, int64_t *now)
{
	TRY(check_name(scratch));
	return store->driver->time(store, scratch, now);
}
