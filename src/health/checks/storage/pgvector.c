/* Whether pgvector has what Open WebUI puts there: the extension, its table, vectors of the right length, an index. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/vectors.h"
#include "settings/settings.h"

/* From so many rows on, a search that reads all of them takes longer than people wait. */
#define LARGE_ROWS 100000

/* Whether there is anything to look at; else says why not. */
static bool are_there(struct checking *checking)
{
	const struct sight *sight = &checking->scene->vectors.sight;
	if (sight->absent)
		result_skip(checking->result, "vectors are not in pgvector");
	else if (!sight->seen)
		result_skip(checking->result, "the database of the vectors was not reached");
	return sight->seen;
}

static fallible look_for_lack(struct checking *checking)
{
	const struct vectors_sight *seen = &checking->scene->vectors;
	const char *hint = seen->sight.failure ? error_hint_text(seen->sight.failure) : NULL;
	if (seen->sight.failure) {
		AUTO(memory) char *why = error_text(seen->sight.failure);
		struct trouble *trouble =
			checking_found(checking, NULL, "the database of the vectors can't be used: %s", why);
		trouble_remedy(trouble, "%s", hint ? hint : "check that the server runs, and PGVECTOR_DB_URL");
	} else if (are_there(checking) && checking->scene->database.inhabited) { /* else no server was there yet */
		if (!seen->extension)
			checking_found(checking, seen->display, "lacks the extension vector");
		else if (!seen->type)
			checking_found(checking, seen->display, "has no table " VECTORS_TABLE " with a column vector");
	}
	return NULL;
}

HEALTH_CHECK(vectors_lack) = {
	.code = "OW521",
	.name = "vectors-reached",
	.title = "pgvector is there, with Open WebUI's table",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE,
	.why = "With VECTOR_DB=pgvector a server that finds no extension does not start, and without its database no "
	       "question about knowledge or files is answered.",
	.remedy = "as a superuser in that database: CREATE EXTENSION vector; the table is made when a server starts",
	.run = look_for_lack,
};

static fallible look_for_length(struct checking *checking)
{
	const char *said = NULL, *type = checking->scene->vectors.type;
	TRY(settings_get(checking->settings, "PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH", &said));
	if (!are_there(checking) || !said)
		return NULL;
	const char *length = type ? strchr(type, '(') : NULL;
	if (length && strtol(length + 1, NULL, 10) != strtol(said, NULL, 10))
		checking_found(checking, VECTORS_TABLE,
			       "has vectors of type %s, and PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH is %s", type, said);
	return NULL;
}

HEALTH_CHECK(vectors_length) = {
	.code = "OW522",
	.name = "vectors-length",
	.title = "pgvector's table has vectors of the length that is set",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_DATABASE,
	.why = "A server compares the two when it starts, and ends where they differ.",
	.remedy = "set PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH to what the table has; or, to change it, drop the table "
		  "and have all knowledge reindexed: " VECTORS_REINDEX,
	.run = look_for_length,
};

static fallible look_for_no_index(struct checking *checking)
{
	const struct vectors_sight *seen = &checking->scene->vectors;
	if (are_there(checking) && seen->rows >= LARGE_ROWS && !seen->indexes)
		checking_found(checking, VECTORS_TABLE, "has some %lld vectors and no index on them",
			       (long long)seen->rows);
	return NULL;
}

HEALTH_CHECK(vectors_index) = {
	.code = "OW523",
	.name = "vectors-index",
	.title = "many vectors of pgvector have an index",
	.family = FAMILY_STORAGE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_DATABASE,
	.why = "Each question about knowledge then reads every vector: seconds of the database's time, and more with "
	       "each document. From 100,000 on, by the database's own estimate, it is told.",
	.remedy = "CREATE INDEX CONCURRENTLY idx_document_chunk_vector ON document_chunk USING hnsw (vector "
		  "vector_cosine_ops); vectors of more than 2000 numbers need halfvec (PGVECTOR_USE_HALFVEC)",
	.run = look_for_no_index,
};
