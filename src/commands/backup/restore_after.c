/* What is left to do for who has restored a snapshot, before the server starts. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/restoring.h"
#include "commands/snapshot.h"
#include "openwebui/blobs.h"
#include "openwebui/secret_keys.h"
#include "openwebui/vectors.h"

static const char *of_snapshot(const struct restoring *restoring, const char *name)
{
	return json_string_value(json_object_get(restoring->manifest.settings, name));
}

/* Sign-ins are signed with them, and some rows are encrypted. */
#define WITH_ANOTHER "everybody has to sign in again, and stored tokens of OAuth and tools are lost"

static const char *with_another(const char *name)
{
	return text_equal(name, PGCRYPTO_KEY) ? "nobody can read the texts of the vectors" : WITH_ANOTHER;
}

static fallible tell_other(const struct restoring *restoring, const char *name)
{
	const char *key, *was = of_snapshot(restoring, name);
	char print[SNAPSHOT_SECRET_SIZE];
	TRY(settings_get(restoring->context->settings, name, &key));
	if (!key || !was)
		return NULL;
	command_snapshot_secret(key, print);
	if (!text_equal(print, was))
		log_warning("%s (%s) is another one here (%s) than the snapshot's (%s): with it %s", name,
			    settings_origin(restoring->context->settings, name), print, was, with_another(name));
	return NULL;
}

/* The one without which no server starts. */
static fallible tell_unknown(const struct restoring *restoring)
{
	const char *name = secret_key_names[0], *key, *was = of_snapshot(restoring, name);
	TRY(settings_get(restoring->context->settings, name, &key));
	if (!was)
		log_note("to do: start the server with the %s that it had; the snapshot does not know which. With "
			 "another one " WITH_ANOTHER,
			 name);
	else if (!key && !restoring->manifest.secrets)
		log_note("to do: start the server with the %s that it had, whose hash begins with %s (it is not set "
			 "here). With another one " WITH_ANOTHER,
			 name, was);
	return NULL;
}

static fallible tell_secret_keys(const struct restoring *restoring)
{
	for (size_t i = 0; secret_key_names[i]; i++)
		TRY(tell_other(restoring, secret_key_names[i]));
	return tell_unknown(restoring);
}

static bool has_knowledge(const struct restoring *restoring)
{
	const struct database_copy *copy = manifest_database(&restoring->manifest, "main");
	const struct table *table = copy ? tables_find(&copy->tables, "knowledge") : NULL;
	return table && table->rows;
}

static fallible tell_vectors(const struct restoring *restoring)
{
	enum vectors_place place;
	const char *store, *was = of_snapshot(restoring, "VECTOR_DB");
	TRY(vectors_find(restoring->context->settings, &restoring->target, &place, &store));
	const struct database_copy *other =
		manifest_database(&restoring->manifest, database_names[DATABASE_VECTORS]);
	bool same = text_equal(store, was ? was : "chroma");
	bool there = (place == VECTORS_FOLDER && same && files_have(&restoring->manifest.files, FILES_VECTORS) &&
		      !restoring->arguments->database_only) ||
		     (place == VECTORS_DATABASE && same && !restoring->left_out.count && !other) ||
		     (place == VECTORS_OTHER_DATABASE && restoring->vectors_copy);
	if (!there && other && !restoring->arguments->database_only)
		log_note("the snapshot has a database of vectors, which was not restored: VECTOR_DB and "
			 "PGVECTOR_DB_URL name none here");
	if (!there && has_knowledge(restoring))
		log_note("to do: the vectors of knowledge did not come back (%s): once the server runs, make them "
			 "anew: " VECTORS_REINDEX,
			 store);
	return NULL;
}

static fallible tell_sessions(const struct restoring *restoring)
{
	const char *redis;
	TRY(settings_get(restoring->context->settings, "REDIS_URL", &redis));
	if (redis)
		log_note("to do: start every replica anew, since what Redis has of sessions, settings and models is of "
			 "the state before");
	return NULL;
}

/* What is new belongs to who runs this, root perhaps, and is closed to all others. */
static fallible tell_owner(const struct restoring *restoring)
{
	AUTO(memory) char *folder = NULL;
	struct stat info;
	if (!restoring->file && !restoring->files)
		return NULL;
	TRY(blobs_data_folder(restoring->context->settings, restoring->file, &folder));
	if (!stat(folder, &info) && info.st_uid != geteuid())
		log_note("to do: %s belongs to the user %lld, and what was restored into it to %lld: let who runs the "
			 "server own it all (chown -R)",
			 folder, (long long)info.st_uid, (long long)geteuid());
	return NULL;
}

fallible restoring_tell_what_is_left(const struct restoring *restoring)
{
	if (!restoring->arguments->user)
		TRY(tell_owner(restoring));
	if (restoring->arguments->files_only || restoring->arguments->user || restoring->tables.count)
		return NULL;
	TRY(tell_secret_keys(restoring));
	TRY(tell_vectors(restoring));
	return tell_sessions(restoring);
}
