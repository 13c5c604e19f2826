#include "migrate/elsewhere.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"

#define HAS(table)                                                                                         \
	"EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = '" table "'" \
	" AND c.relkind IN ('r', 'p'))"

/* Those that we may look into: others are other people's. */
static const char with_tables[] =
	"SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname <> current_schema()"
	" AND pg_catalog.strpos(n.nspname::text, '" BESIDE_PREFIX "') <> 1"
	" AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND " HAS("alembic_version") " AND " HAS("user")
	" ORDER BY n.nspname";

struct elsewhere {
	struct strings schemas;
	char *here;
};

static void elsewhere_cleanup(struct elsewhere *elsewhere)
{
	strings_cleanup(&elsewhere->schemas);
	free(elsewhere->here);
}

/* Several that each have their DATABASE_SCHEMA are nothing to speak of, but one in public is. */
static void keep_public(struct strings *schemas)
{
	bool has = strings_have(schemas, "public");
	strings_cleanup(schemas);
	if (has)
		strings_add(schemas, "public");
}

static fallible find(struct installation *installation, struct elsewhere *elsewhere)
{
	struct db *db = installation->db;
	const char *sql = db_pick(db, NULL, with_tables);
	bool found, has_own;
	if (!sql)
		return NULL;
	TRY(db_table_exists(db, "user", &has_own));
	if (has_own)
		return NULL;
	TRY(db_texts(db, sql, NULL, 0, &elsewhere->schemas));
	if (installation_schema(installation))
		keep_public(&elsewhere->schemas);
	if (!elsewhere->schemas.count)
		return NULL;
	return db_single_text(db, "SELECT current_schema()", NULL, 0, &found, &elsewhere->here);
}

fallible elsewhere_refuse(struct installation *installation)
{
	AUTO(elsewhere) struct elsewhere elsewhere = {0};
	if (installation_schema(installation))
		return NULL;
	TRY(find(installation, &elsewhere));
	if (!elsewhere.schemas.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&elsewhere.schemas, "\", \"");
	return error_hint(error_new(ERR_SETTINGS,
				    "%s: there is no Open WebUI in the schema \"%s\", the first of the search_path, "
				    "but in \"%s\"; nothing was changed",
				    db_display(installation->db), elsewhere.here, list),
			  "say which one is meant by DATABASE_SCHEMA=%s, or by the search_path of the role or "
			  "database; DATABASE_SCHEMA=%s makes a new one beside it",
			  elsewhere.schemas.items[0], elsewhere.here);
}

fallible elsewhere_warn(struct installation *installation)
{
	AUTO(elsewhere) struct elsewhere elsewhere = {0};
	const char *schema = installation_schema(installation);
	if (!schema)
		return NULL;
	TRY(find(installation, &elsewhere));
	if (elsewhere.schemas.count)
		log_warning("a new database is made in the schema \"%s\" (DATABASE_SCHEMA, %s); Open WebUI's tables in "
			    "the schema public are left alone",
			    schema, settings_origin(installation->settings, "DATABASE_SCHEMA"));
	return NULL;
}

fallible elsewhere_tell(struct installation *installation)
{
	AUTO(elsewhere) struct elsewhere elsewhere = {0};
	TRY(find(installation, &elsewhere));
	if (!elsewhere.schemas.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&elsewhere.schemas, "\", \"");
	log_note("it is the schema \"%s\" that has no Open WebUI, as %s; there is one in \"%s\"", elsewhere.here,
		 installation_schema(installation) ? "DATABASE_SCHEMA says" : "the search_path begins with it", list);
	return NULL;
}
