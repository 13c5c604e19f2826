#include "backup/archive_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/memory.h"

/* ---- the object ---- */

struct opening {
	struct digest digest; /* the first one: it has to lie at a multiple of 64 */
	struct age_reader *age;
	uint64_t size;
};

static fallible take_sealed(void *state, const char *bytes, size_t size)
{
	struct opening *opening = state;
	digest_add(&opening->digest, bytes, size);
	opening->size += size;
	return age_feed(opening->age, bytes, size);
}

static fallible open_object(const struct repository *repository, const char *name, const struct object_seal *seal,
			    const struct age_identities *identities, struct str *tar)
{
	const struct sink plain = sink_into(tar);
	AUTO(age_reader) struct age_reader *age = age_reader_new(identities, &plain);
	struct opening opening = {.age = age};
	const struct sink sealed = {take_sealed, &opening};
	unsigned char hash[DIGEST_SIZE];
	digest_begin(&opening.digest, NULL);
	TRY(store_get(repository->store, name, 0, 0, &sealed));
	TRY(age_feed_end(age));
	digest_end(&opening.digest, hash);
	if (opening.size != seal->size || memcmp(hash, seal->hash, sizeof hash) != 0)
		return error_new(ERR_INPUT, "%s is not the one that was written", name);
	return NULL;
}

/* ---- members ---- */

static fallible wrong(struct archive *tar)
{
	return error_new(ERR_INPUT, "tar: %s", archive_error_string(tar));
}

static fallible read_data(struct archive *tar, size_t size, struct str *member)
{
	str_reserve(member, size);
	la_ssize_t got = archive_read_data(tar, member->data, size);
	if (got < 0 || (size_t)got != size)
		return wrong(tar);
	member->size = size;
	return NULL;
}

static fallible read_members(struct archive *tar, size_t limit, archive_taker *taker, void *state)
{
	struct archive_entry *entry;
	int code;
	while ((code = archive_read_next_header(tar, &entry)) == ARCHIVE_OK) {
		AUTO(str) struct str member = {0};
		la_int64_t size = archive_entry_size(entry);
		const char *name = archive_entry_pathname(entry);
		if (size < 0 || (uint64_t)size > limit || !name)
			return error_new(ERR_INPUT, "its tar archive is not as it should be");
		TRY(read_data(tar, (size_t)size, &member));
		TRY(taker(state, name, &member));
	}
	return code == ARCHIVE_EOF ? NULL : wrong(tar);
}

fallible archive_read_object(const struct repository *repository, const char *name, const struct object_seal *seal,
			     const struct age_identities *identities, archive_taker *taker, void *state)
{
	AUTO(str) struct str bytes = {0};
	TRY(open_object(repository, name, seal, identities, &bytes));
	struct archive *tar = archive_read_new();
	archive_read_support_format_tar(tar);
	struct error *error = archive_read_open_memory(tar, str_text(&bytes), bytes.size) == ARCHIVE_OK
				      ? read_members(tar, bytes.size, taker, state)
				      : wrong(tar);
	archive_read_free(tar);
	return error;
}
