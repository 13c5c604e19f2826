#include "backup/parts_script.h"

#include "base/memory.h"

char *parts_script(const struct db_parts *parts, const struct strings *others, bool before)
{
	struct str script = {0};
	for (size_t i = 0; i < parts->count; i++)
		if ((parts->items[i].kind <= DB_PART_TABLE) == before &&
		    !(others && strings_have(others, parts->items[i].table)))
			str_add_format(&script, "%s;\n", parts->items[i].sql);
	return str_take(&script);
}

/* In quotes a quote is doubled: so it is one that ends, and one that begins. */
const char *parts_script_next(const char *script)
{
	char quote = '\0';
	for (const char *at = script; *at; at++) {
		if (quote ? *at == quote : *at == '\'' || *at == '"')
			quote = quote ? '\0' : *at;
		else if (!quote && at[0] == ';' && at[1] == '\n')
			return at + 2;
	}
	return NULL;
}

/* Of SQLite there is none: its driver lets no script end a transaction. */
static fallible transaction(struct db *db, int64_t *number)
{
	return db_single_integer(db, db_pick(db, "select 0", "select pg_catalog.txid_current()"), NULL, 0, number);
}

static fallible run(struct db *db, const char *script)
{
	int64_t before, after;
	TRY(transaction(db, &before));
	TRY(db_script(db, script));
	TRY(transaction(db, &after));
	return before == after ? NULL
			       : error_hint(error_new(ERR_INPUT, "the snapshot's own statements end the transaction"),
					    "owctl writes no such snapshot: look who else can make some. What was "
					    "loaded is lost, or not whole");
}

fallible parts_script_run(struct db *db, const char *script, const char *what)
{
	return *script ? error_wrap(run(db, script), "%s", what) : NULL;
}

char *parts_script_extensions(const char *script)
{
	const char *at = script;
	for (const char *next; text_starts(at, "CREATE EXTENSION ") && (next = parts_script_next(at));)
		at = next;
	return text_copy_n(script, (size_t)(at - script));
}
