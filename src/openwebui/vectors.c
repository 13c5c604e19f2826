#include "openwebui/vectors.h"

#include <string.h>

#include "base/memory.h"

/* Stores that are in the folder unless this setting names a server. */
static const struct {
	const char *store, *server;
} local[] = {
	{"chroma", "CHROMA_HTTP_HOST"},
	{"milvus", "MILVUS_URI"},
};

static fallible is_local(struct settings *settings, const char *store, bool *is)
{
	*is = false;
	for (size_t i = 0; i < COUNT(local); i++) {
		const char *server;
		if (!text_equal(store, local[i].store))
			continue;
		TRY(settings_get(settings, local[i].server, &server));
		*is = !server;
	}
	return NULL;
}

/* Host, port and database, of what is shown of it. */
static const char *behind_user(const struct db_target *target)
{
	const char *at = strrchr(target->display, '@');
	return at ? at : target->display;
}

static fallible is_same_database(const char *url, const struct db_target *database, bool *same)
{
	AUTO(db_target) struct db_target target = {0};
	TRY(db_target_parse(url, false, &target));
	*same = target.engine == database->engine && text_equal(behind_user(&target), behind_user(database));
	return NULL;
}

static fallible is_in_database(struct settings *settings, const struct db_target *database, bool *is)
{
	const char *url;
	TRY(settings_get(settings, "PGVECTOR_DB_URL", &url));
	*is = true;
	return url ? error_wrap(is_same_database(url, database, is), "PGVECTOR_DB_URL") : NULL;
}

fallible vectors_find(struct settings *settings, const struct db_target *database, enum vectors_place *place,
		      const char **store)
{
	bool in_folder, in_database = false;
	TRY(settings_get(settings, "VECTOR_DB", store));
	TRY(is_local(settings, *store, &in_folder));
	if (text_equal(*store, "pgvector"))
		TRY(is_in_database(settings, database, &in_database));
	*place = in_folder ? VECTORS_FOLDER : in_database ? VECTORS_DATABASE : VECTORS_ELSEWHERE;
	return NULL;
}
