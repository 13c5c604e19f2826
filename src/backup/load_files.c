#include "backup/load_files.h"

#include <string.h>

struct hashing {
	struct digest digest;
	uint64_t left; /* of the size that the manifest says */
	const struct sink *out;
};

static fallible hash_and_pass(void *state, const char *bytes, size_t size)
{
	struct hashing *hashing = state;
	digest_add(&hashing->digest, bytes, size);
	hashing->left -= size;
	return sink_take(hashing->out, bytes, size);
}

fallible file_fetch(struct fetcher *fetcher, const struct file *file, const struct sink *out)
{
	struct hashing hashing = {.left = file->size, .out = out};
	const struct sink sink = {hash_and_pass, &hashing};
	unsigned char hash[DIGEST_SIZE];
	digest_begin(&hashing.digest, NULL);
	for (size_t i = 0; i < file->part_count; i++)
		TRY(fetch(fetcher, &file->parts[i], hashing.left, &sink));
	digest_end(&hashing.digest, hash);
	if (hashing.left || memcmp(hash, file->hash, sizeof hash) != 0)
		return error_new(ERR_INPUT, "its content is not what was written");
	return NULL;
}

/* ---- files that are there already ---- */

static fallible hash_only(void *state, const char *bytes, size_t size)
{
	digest_add(state, bytes, size);
	return NULL;
}

/* One that an earlier run has written is taken as it is. */
static fallible is_there(struct store *store, const struct file *file, bool *there)
{
	struct store_object object;
	struct digest digest;
	unsigned char hash[DIGEST_SIZE];
	const struct sink sink = {hash_only, &digest};
	TRY(store_look(store, file->path, there, &object));
	if (!*there)
		return NULL;
	digest_begin(&digest, NULL);
	if (object.size == file->size)
		TRY(store_get(store, file->path, 0, 0, &sink));
	digest_end(&digest, hash);
	if (object.size == file->size && !memcmp(hash, file->hash, sizeof hash))
		return NULL;
	return error_hint(error_new(ERR_NO, "another one is there already"), "move what is in %s out of the way",
			  store_display(store));
}

/* ---- all files ---- */

static fallible pass_on(void *state, const char *bytes, size_t size)
{
	return store_upload_write(state, bytes, size);
}

static fallible load_file(struct fetcher *fetcher, const struct file *file, struct store *store)
{
	AUTO(store_upload) struct store_upload *upload = NULL;
	bool there;
	TRY(is_there(store, file, &there));
	if (there)
		return NULL;
	TRY(store_upload_begin(store, file->path, STORE_NEW, &upload));
	const struct sink sink = {pass_on, upload};
	TRY(file_fetch(fetcher, file, &sink));
	return store_upload_end(&upload);
}

fallible files_load(const struct files_target *target, const struct files *files, uint64_t *count)
{
	AUTO(fetcher) struct fetcher fetcher = {.repository = target->repository,
						.identities = target->identities,
						.progress = target->progress};
	*count = 0;
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->items[i];
		struct store *store = target->stores[file->root];
		if (file->missing || !store)
			continue;
		TRY(error_wrap(load_file(&fetcher, file, store), "file %s/%s", file_root_name(file->root), file->path));
		++*count;
	}
	return NULL;
}
