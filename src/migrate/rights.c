#include "migrate/rights.h"

#include "base/memory.h"
#include "migrate/effects.h"

/* Lists of names with commas between them. */
struct needs {
	struct str own;   /* only the owner alters a table, makes an index of it, or drops it */
	struct str write; /* its rows are enough; also where they are read, and kept from others meanwhile */
	struct str refer; /* a foreign key of another table is made */
};

static void needs_cleanup(struct needs *needs)
{
	str_cleanup(&needs->own);
	str_cleanup(&needs->write);
	str_cleanup(&needs->refer);
}

static void add(struct str *names, const char *name)
{
	str_add_format(names, "%s%s", names->size ? "," : "", name);
}

static void add_effects(struct needs *needs, const struct effects *effects)
{
	static const unsigned of_rows = EFFECT_READS | EFFECT_WRITES | EFFECT_FILLS;
	for (size_t i = 0; i < effects->count; i++) {
		const struct table_effects *item = &effects->items[i];
		if (item->effects & ~(of_rows | EFFECT_REFERS))
			add(&needs->own, item->table);
		if (item->effects & of_rows)
			add(&needs->write, item->table);
		if (item->effects & EFFECT_REFERS)
			add(&needs->refer, item->table);
	}
}

static fallible find_needs(struct db *db, int first, int last, struct needs *needs)
{
	add(&needs->own, "alembic_version"); /* its comment has the journal's mark */
	for (int ordinal = first; ordinal <= last; ordinal++) {
		AUTO(effects) struct effects effects = {0};
		TRY(effects_of(db, revision_at(ordinal), &effects));
		add_effects(needs, &effects);
	}
	return NULL;
}

/* ---- what of it is lacking ---- */

#define NAMED_IN(list) "c.relname = ANY (pg_catalog.string_to_array(" list "::text, ',')::name[])"
#define MAY(what) "pg_catalog.has_table_privilege(c.oid, '" what "')"

/* Our role; a role that owns tables, and these; or NULL, and the schema. */
static const char lacking[] =
	"SELECT current_user::text, r.rolname::text, pg_catalog.string_agg('\"' || c.relname::text || '\"', ', '"
	" ORDER BY c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner"
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()"
	" WHERE c.relkind IN ('r', 'p') AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') AND (" NAMED_IN("$1")
	" OR (" NAMED_IN("$2") " AND NOT (" MAY("SELECT") " AND " MAY("INSERT") " AND " MAY("UPDATE") " AND "
	MAY("DELETE") ")) OR (" NAMED_IN("$3") " AND NOT " MAY("REFERENCES") ")) GROUP BY r.rolname"
	" UNION ALL SELECT current_user::text, NULL, current_schema()::text"
	" WHERE NOT pg_catalog.has_schema_privilege(current_schema()::text, 'CREATE') ORDER BY 2";

struct lack {
	struct str what, remedy;
};

static void lack_cleanup(struct lack *lack)
{
	str_cleanup(&lack->what);
	str_cleanup(&lack->remedy);
}

static void add_lack(struct lack *lack, const char *role, const char *owner, const char *name)
{
	const char *between = lack->what.size ? "; " : "";
	if (owner) {
		str_add_format(&lack->what, "%sof role \"%s\" are the tables %s", between, owner, name);
		str_add_format(&lack->remedy, "%sconnect as \"%s\", or as a superuser ALTER TABLE .. OWNER TO \"%s\", "
					      "or REASSIGN OWNED BY \"%s\" TO \"%s\"",
			       between, owner, role, owner, role);
	} else {
		str_add_format(&lack->what, "%sit may not make tables in the schema \"%s\"", between, name);
		str_add_format(&lack->remedy, "%sGRANT CREATE ON SCHEMA \"%s\" TO \"%s\"", between, name, role);
	}
}

fallible rights_check(const struct installation *installation, int first, int last)
{
	AUTO(needs) struct needs needs = {0};
	AUTO(lack) struct lack lack = {0};
	AUTO(memory) char *role = NULL;
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct db *db = installation->db;
	const char *sql = db_pick(db, NULL, lacking);
	struct error *error = NULL;
	if (!sql)
		return NULL;
	TRY(find_needs(db, first, last, &needs));
	const struct db_value lists[] = {db_text(str_text(&needs.own)), db_text(str_text(&needs.write)),
					 db_text(str_text(&needs.refer))};
	TRY(db_query(db, sql, lists, COUNT(lists), &rows));
	while (db_row(rows, &error)) {
		if (!role)
			role = text_copy(db_cell_text(rows, 0));
		add_lack(&lack, role, db_cell_text(rows, 1), db_cell_text(rows, 2));
	}
	if (error || !role)
		return error;
	return error_hint(error_new(ERR_PERMISSION, "%s: role \"%s\" lacks rights for it: %s; nothing was changed",
				    db_display(db), role, str_text(&lack.what)),
			  "%s", str_text(&lack.remedy));
}
