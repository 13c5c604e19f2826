#include "migrate/chain/chain.h"

#include "base/embed.h"

#define FOLDER(number, id) "src/migrate/chain/" #number "_" #id "/"

EMBED_FILE(chain_version_table, "src/migrate/chain/00_alembic_version/up.sql");

/* The texts, one constant a file. */
#define REVISION_SHARED(number, id, title) EMBED_FILE(chain_##id##_up, FOLDER(number, id) "up.sql");
#define REVISION_BY_ENGINE(number, id, title)                             \
	EMBED_FILE(chain_##id##_sqlite, FOLDER(number, id) "sqlite.sql"); \
	EMBED_FILE(chain_##id##_postgresql, FOLDER(number, id) "postgresql.sql");
#include "openwebui/revisions.def"
#undef REVISION_SHARED
#undef REVISION_BY_ENGINE

static const struct chain_step steps[] = {
#define REVISION_SHARED(number, id, title) {chain_##id##_up, chain_##id##_up},
#define REVISION_BY_ENGINE(number, id, title) {chain_##id##_sqlite, chain_##id##_postgresql},
#include "openwebui/revisions.def"
#undef REVISION_SHARED
#undef REVISION_BY_ENGINE
};

const struct chain_step *chain_step(const struct revision *revision)
{
	return &steps[revision->ordinal - 1];
}
