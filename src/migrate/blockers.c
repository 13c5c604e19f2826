#include "migrate/blockers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"

#define MOST_SHOWN 20

void blockers_cleanup(struct blockers *blockers)
{
	for (size_t i = 0; i < blockers->count; i++) {
		free(blockers->items[i].what);
		free(blockers->items[i].remedy);
	}
	free(blockers->items);
	*blockers = (struct blockers){0};
}

void blockers_add(struct blockers *blockers, const char *remedy, const char *format, ...)
{
	if (blockers->count == blockers->room) {
		blockers->room = blockers->room ? 2 * blockers->room : 8;
		blockers->items = mem_resize(blockers->items, blockers->room, sizeof *blockers->items);
	}
	va_list args;
	va_start(args, format);
	blockers->items[blockers->count++] = (struct blocker){
		.revision = blockers->revision, .what = text_format_v(format, args), .remedy = text_copy(remedy)};
	va_end(args);
}

static bool is_known(const char *column, const char *const *known)
{
	while (*known && !text_equal(*known, column))
		known++;
	return *known;
}

static fallible add_unknown_columns(struct blockers *blockers, const char *table, const char *const *known)
{
	struct db_value name = db_text(table);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(blockers->installation->db, "select name from pragma_table_xinfo($1)", &name, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		if (!is_known(db_cell_text(rows, 0), known))
			blockers_add(
				blockers, "copy the column to a table of its own and drop it",
				"the table \"%s\" has the column \"%s\", which is not Open WebUI's; it would be lost",
				table, db_cell_text(rows, 0));
	return error;
}

static fallible add_dependents(struct blockers *blockers, const char *table)
{
	AUTO(memory) char *mention = text_format("%%%s%%", table);
	struct db_value parameters[] = {db_text(table), db_text(mention)};
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(blockers->installation->db,
		     "select type, name from sqlite_master where (type = 'trigger' and tbl_name = $1)"
		     " or (type = 'view' and sql like $2)",
		     parameters, COUNT(parameters), &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers, "drop it, and make it again afterwards",
			     "the %s \"%s\" hangs on the table \"%s\", which has to be made anew",
			     db_cell_text(rows, 0), db_cell_text(rows, 1), table);
	return error;
}

fallible blockers_of_rebuild(struct blockers *blockers, const char *table, const char *const *known)
{
	if (db_can(blockers->installation->db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(add_unknown_columns(blockers, table, known));
	return add_dependents(blockers, table);
}

fallible blockers_find(struct installation *installation, const struct revision *from, const struct revision *to,
		       struct blockers *blockers)
{
	blockers->installation = installation;
	for (int ordinal = from->ordinal + 1; ordinal <= to->ordinal; ordinal++) {
		const struct chain_code *code = chain_step(revision_at(ordinal))->code;
		blockers->revision = revision_at(ordinal);
		if (code && code->find_blockers)
			TRY(code->find_blockers(blockers));
	}
	return NULL;
}

fallible blockers_error(const struct blockers *blockers)
{
	if (!blockers->count)
		return NULL;
	AUTO(str) struct str list = {0};
	for (size_t i = 0; i < blockers->count && i < MOST_SHOWN; i++)
		str_add_format(&list, "%s%s", i ? "; " : "", blockers->items[i].what);
	if (blockers->count > MOST_SHOWN)
		str_add_format(&list, "; and %zu more", blockers->count - MOST_SHOWN);
	return error_hint(error_new(ERR_FAILED, "revision %s can't be applied, nothing was changed: %s",
				    blockers->items[0].revision->id, str_text(&list)),
			  "%s", blockers->items[0].remedy);
}
