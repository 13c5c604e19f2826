/* Where an installation keeps the vectors of its knowledge: VECTOR_DB, and retrieval/vector/ of Open WebUI. */
#ifndef OPENWEBUI_VECTORS_H
#define OPENWEBUI_VECTORS_H

#include "db/target.h"
#include "settings/settings.h"

enum vectors_place {
	VECTORS_FOLDER,   /* vector_db in DATA_DIR: Chroma, Milvus Lite */
	VECTORS_DATABASE, /* pgvector in the database that has all else */
	VECTORS_OTHER_DATABASE, /* pgvector in the one that PGVECTOR_DB_URL names */
	VECTORS_ELSEWHERE,
};

/* `database`: the installation's own. `*store` (borrowed): which one, as VECTOR_DB names it. */
fallible vectors_find(struct settings *settings, const struct db_target *database, enum vectors_place *place,
		      const char **store) MUST_CHECK;

/* pgvector's table. */
#define VECTORS_TABLE "document_chunk"

/* VECTORS_OTHER_DATABASE: where that one is. Open WebUI uses no DATABASE_SCHEMA there. */
fallible vectors_target(struct settings *settings, struct db_target *target) MUST_CHECK;

/* How they are made anew from the files, for people. */
#define VECTORS_REINDEX "Admin Panel, Settings, Documents, reindex (POST /api/v1/knowledge/reindex)"

#endif
