#include "migrate/version.h"

#include "base/memory.h"
#include "migrate/chain/chain.h"

fallible version_write(struct db *db, const struct revision *revision)
{
	bool exists;
	struct db_value id = db_text(revision->id);
	TRY(db_table_exists(db, "alembic_version", &exists));
	TRY(db_script(db, exists ? "delete from alembic_version" : chain_version_table));
	return db_run(db, "insert into alembic_version (version_num) values ($1)", &id, 1, NULL);
}

fallible version_move(struct db *db, const struct revision *from, const struct revision *to)
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
