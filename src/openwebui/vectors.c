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

static bool is_same_database(const struct db_target *target, const struct db_target *database)
{
	return target->engine == database->engine && text_equal(behind_user(target), behind_user(database));
}

static fallible find_database(struct settings *settings, const struct db_target *database, enum vectors_place *place)
{
	AUTO(db_target) struct db_target target = {0};
	const char *url;
	TRY(settings_get(settings, "PGVECTOR_DB_URL", &url));
	if (url)
		TRY(vectors_target(settings, &target));
	*place = !url || is_same_database(&target, database) ? VECTORS_DATABASE : VECTORS_OTHER_DATABASE;
	return NULL;
}

fallible vectors_find(struct settings *settings, const struct db_target *database, enum vectors_place *place,
		      const char **store)
{
	bool in_folder;
	TRY(settings_get(settings, "VECTOR_DB", store));
	if (text_equal(*store, "pgvector"))
		return find_database(settings, database, place);
	TRY(is_local(settings, *store, &in_folder));
	*place = in_folder ? VECTORS_FOLDER : VECTORS_ELSEWHERE;
	return NULL;
}

fallible vectors_target(struct settings *settings, struct db_target *target)
{
	const char *url;
	TRY(settings_get(settings, "PGVECTOR_DB_URL", &url));
	struct error *error = db_target_parse(url, false, target);
	if (!error && target->path)
		error = error_hint(error_new(ERR_SETTINGS, "pgvector is an extension of PostgreSQL"),
				   "write postgresql://user@host:5432/name");
	return error_wrap(error, "PGVECTOR_DB_URL (%s)", settings_origin(settings, "PGVECTOR_DB_URL"));
}
