/* pgvector: in the installation's own database or in another one, over a connection of its own. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/look/look.h"
#include "openwebui/database.h"
#include "openwebui/vectors.h"

static void release(struct look *look)
{
	struct db_target *target = look->state;
	db_target_cleanup(target);
	free(target);
}

/* What is wrong with the settings of the database itself, the database's part tells. */
static fallible prepare(struct look *look)
{
	struct vectors_sight *seen = &look->scene->vectors;
	struct db_target *target = look->state = mem_new(1, sizeof *target);
	AUTO(db_target) struct db_target database = {0};
	enum vectors_place place = VECTORS_ELSEWHERE;
	const char *store = NULL;
	struct error *error = database_target(look->settings, &database);
	if (!error)
		TRY(vectors_find(look->settings, &database, &place, &store));
	error_ignore(error);
	if (place == VECTORS_OTHER_DATABASE) {
		TRY(vectors_target(look->settings, target));
	} else if (place == VECTORS_DATABASE && !database.path) {
		*target = database;
		database = (struct db_target){0};
	}
	seen->sight.absent = !target->conninfo;
	seen->display = text_copy(target->display);
	return NULL;
}

static fallible see(struct vectors_sight *seen, struct db *db)
{
	int64_t extensions;
	bool found;
	TRY(db_begin(db, DB_READ));
	TRY(db_single_integer(db, "select count(*) from pg_extension where extname = 'vector'", NULL, 0, &extensions));
	seen->extension = extensions > 0;
	TRY(db_single_text(db,
			   "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = "
			   "to_regclass('" VECTORS_TABLE "') and attname = 'vector' and not attisdropped",
			   NULL, 0, &found, &seen->type));
	TRY(db_single_integer(db,
			      "select reltuples::bigint from pg_class where oid = to_regclass('" VECTORS_TABLE "')",
			      NULL, 0, &seen->rows));
	return db_single_integer(db,
				 "select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid "
				 "join pg_am a on a.oid = c.relam where i.indrelid = to_regclass('" VECTORS_TABLE "') "
				 "and i.indisvalid and a.amname not in ('btree', 'hash', 'gin', 'gist', 'brin', "
				 "'spgist')",
				 NULL, 0, &seen->indexes);
}

static fallible look(struct look *look)
{
	int64_t seconds = look_seconds(look);
	const struct db_options how = {.read_only = true,
				       .connect_timeout_s = seconds,
				       .lock_timeout_s = seconds,
				       .statement_timeout_s = seconds};
	AUTO(db) struct db *db = NULL;
	TRY(db_open(look->state, &how, &db));
	return see(&look->scene->vectors, db);
}

const struct part vectors_part = {.what = "the database of the vectors",
				  PART_OF_SCENE(vectors, vectors.sight),
				  .stage = CHECK_AT_END,
				  .prepare = prepare,
				  .look = look,
				  .release = release};
