#include "migrate/chain/chain.h"

#include "base/embed.h"
#include "migrate/chain/code.h"

#define FOLDER(number, id) "src/migrate/chain/" #number "_" #id "/"

EMBED_FILE(chain_version_table, "src/migrate/chain/00_alembic_version/up.sql");

/* The texts, one constant a file, and the code where there is some. */
#define EMBED_SHARED(number, id) EMBED_FILE(chain_##id##_up, FOLDER(number, id) "up.sql")
#define EMBED_BY_ENGINE(number, id)                                       \
	EMBED_FILE(chain_##id##_sqlite, FOLDER(number, id) "sqlite.sql"); \
	EMBED_FILE(chain_##id##_postgresql, FOLDER(number, id) "postgresql.sql")
#define DECLARE_NO_CODE(id)
#define DECLARE_CODE(id) extern const struct chain_code chain_code_##id;
#define REVISION(number, id, title, sql, code) \
	EMBED_##sql(number, id);               \
	DECLARE_##code(id)
#include "openwebui/revisions.def"
#undef REVISION

#define SQL_SHARED(id) chain_##id##_up, chain_##id##_up
#define SQL_BY_ENGINE(id) chain_##id##_sqlite, chain_##id##_postgresql
#define FIELDS_NO_CODE(id) .code = NULL
#define FIELDS_CODE(id) .code = &chain_code_##id
static const struct chain_step steps[] = {
#define REVISION(number, id, title, sql, code) {SQL_##sql(id), FIELDS_##code(id)},
#include "openwebui/revisions.def"
#undef REVISION
};

const struct chain_step *chain_step(const struct revision *revision)
{
	return &steps[revision->ordinal - 1];
}

const char *chain_sql(const struct db *db, const struct revision *revision)
{
	return db_pick(db, chain_step(revision)->sqlite_sql, chain_step(revision)->postgresql_sql);
}

const char *chain_sql_after(const struct db *db, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	return code ? db_pick(db, code->after_sqlite, code->after_postgresql) : NULL;
}
