#include "migrate/recorded.h"

#include "migrate/chain/chain.h"

static fallible insert(struct db *db, const struct revision *revision)
{
	struct db_value id = db_text(revision->id);
	return db_run(db, "insert into alembic_version (version_num) values ($1)", &id, 1, NULL);
}

fallible recorded_create(struct db *db, const struct revision *revision)
{
	TRY(db_script(db, chain_version_table));
	return insert(db, revision);
}

fallible recorded_move(struct db *db, const struct revision *from, const struct revision *to)
{
	int64_t changed;
	struct db_value parameters[] = {db_text(from->id), db_text(to->id)};
	TRY(db_run(db, "update alembic_version set version_num = $2 where version_num = $1", parameters,
		   COUNT(parameters), &changed));
	if (changed == 1)
		return NULL;
	return error_hint(error_new(ERR_BUSY, "the database is no longer at revision %s", from->id),
			  "is a server migrating it? `owctl migrate status` tells where it is");
}

fallible recorded_set(struct db *db, const struct revision *revision)
{
	bool exists;
	TRY(db_table_exists(db, "alembic_version", &exists));
	if (!exists)
		return recorded_create(db, revision);
	TRY(db_run(db, "delete from alembic_version", NULL, 0, NULL));
	return insert(db, revision);
}
