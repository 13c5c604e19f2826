#include "migrate/forecast.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/memory.h"

void forecaster_cleanup(struct forecaster *forecaster)
{
	for (size_t i = 0; i < forecaster->count; i++)
		free(forecaster->sizes[i].table);
	free(forecaster->sizes);
	*forecaster = (struct forecaster){0};
}

/* ---- sizes ---- */

/* The values of 200 rows, evenly spread over the rowids: all of a table without reading it. */
#define SAMPLES 200

static fallible sample(struct db *db, struct table_size *size)
{
	AUTO(strings) struct strings columns = {0};
	AUTO(str) struct str sql = {0};
	struct db_value name = db_text(size->table);
	TRY(db_texts(db, "select name from pragma_table_info($1)", &name, 1, &columns));
	str_add_format(&sql,
		       "with recursive n (i) as (select 0 union all select i + 1 from n where i < %d), e (a, b) as"
		       " (select min(rowid), max(rowid) from \"%s\") select count(*) * cast(coalesce(avg(",
		       SAMPLES - 1, size->table);
	for (size_t i = 0; i < columns.count; i++) {
		str_add(&sql, i ? " + coalesce(length(cast(" : "coalesce(length(cast(");
		db_add_identifier(&sql, columns.items[i]);
		str_add(&sql, " as blob)), 0)");
	}
	str_add_format(&sql,
		       "), 0) as integer) / max(count(*), 1) from n, e, \"%s\" t where t.rowid ="
		       " (select rowid from \"%s\" where rowid >= e.a + (e.b - e.a) * n.i / %d limit 1)",
		       size->table, size->table, SAMPLES);
	int64_t average;
	TRY(db_single_integer(db, str_text(&sql), NULL, 0, &average));
	AUTO(memory) char *count = text_format("select count(*) from \"%s\"", size->table);
	TRY(db_single_integer(db, count, NULL, 0, &size->rows));
	size->bytes = size->row_bytes = size->rows * average;
	return NULL;
}

/* A table that was never analysed has no number of rows; one that nobody analysed is small. */
static fallible read_statistics(struct db *db, struct table_size *size)
{
	struct db_value name = db_text(size->table);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db,
		     "select cast(reltuples as bigint), pg_catalog.pg_table_size(oid), pg_catalog.pg_relation_size(oid)"
		     " from pg_catalog.pg_class where oid = quote_ident($1)::regclass",
		     &name, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		size->rows = db_cell_integer(rows, 0);
		size->bytes = db_cell_integer(rows, 1);
		size->row_bytes = db_cell_integer(rows, 2);
	}
	if (error || size->rows > 0)
		return error;
	db_rows_free(rows);
	rows = NULL;
	AUTO(memory) char *count = text_format("select count(*) from \"%s\"", size->table);
	return db_single_integer(db, count, NULL, 0, &size->rows);
}

static fallible size_of(struct forecaster *forecaster, const char *table, size_t *place)
{
	bool exists;
	for (*place = 0; *place < forecaster->count; (*place)++)
		if (text_equal(forecaster->sizes[*place].table, table))
			return NULL;
	forecaster->sizes = mem_resize(forecaster->sizes, forecaster->count + 1, sizeof *forecaster->sizes);
	struct table_size *size = &forecaster->sizes[forecaster->count++];
	*size = (struct table_size){.table = text_copy(table)};
	TRY(db_table_exists(forecaster->db, table, &exists));
	if (!exists)
		return NULL;
	return db_can(forecaster->db, DB_CAN_ALTER_TABLES) ? read_statistics(forecaster->db, size)
							    : sample(forecaster->db, size);
}

/* ---- costs ---- */

/* Bytes a millisecond, measured on two cores of 2024 with a local disk: SQLite, PostgreSQL. */
static const struct rate {
	unsigned effect;
	int64_t bytes[2];
} rates[] = {
	{EFFECT_READS, {600000, 150000}},  {EFFECT_WRITES, {200000, 40000}},  {EFFECT_FILLS, {350000, 50000}},
	{EFFECT_REMAKES, {200000, 50000}}, {EFFECT_INDEXES, {700000, 300000}},
};

#define INDEX_ENTRY 64 /* bytes, about */

static void add_time(struct forecast *forecast, const struct rate *rate, int64_t bytes, bool server)
{
	forecast->milliseconds += bytes / rate->bytes[server];
}

static void add_costs(struct forecast *forecast, const struct table_effects *item, const struct table_size *size,
		      const struct table_size *from, bool server)
{
	const unsigned touching = EFFECT_READS | EFFECT_WRITES | EFFECT_REMAKES | EFFECT_INDEXES;
	if (item->effects & touching) {
		forecast->rows += size->rows;
		forecast->bytes += size->bytes;
	}
	for (size_t i = 0; i < COUNT(rates); i++) {
		unsigned effect = rates[i].effect & item->effects;
		if (effect)
			add_time(forecast, &rates[i],
				 effect == EFFECT_FILLS	   ? from->bytes
				 : effect == EFFECT_WRITES ? size->row_bytes
							   : size->bytes,
				 server);
	}
	if (item->effects & EFFECT_FILLS)
		forecast->kept += from->bytes;
	if (item->effects & EFFECT_INDEXES)
		forecast->kept += INDEX_ENTRY * size->rows;
	if (item->effects & EFFECT_REMAKES)
		forecast->passing += size->bytes;
	else if (item->effects & EFFECT_WRITES)
		forecast->passing += size->row_bytes;
}

fallible forecast_next(struct forecaster *forecaster, const struct effects *effects, struct forecast *forecast)
{
	static const struct table_size nothing = {0};
	bool server = db_can(forecaster->db, DB_CAN_ALTER_TABLES);
	*forecast = (struct forecast){0};
	for (size_t i = 0; i < effects->count; i++) {
		const struct table_effects *item = &effects->items[i];
		size_t place, source = 0;
		if (item->from)
			TRY(size_of(forecaster, item->from, &source));
		TRY(size_of(forecaster, item->table, &place));
		struct table_size *size = &forecaster->sizes[place];
		const struct table_size from = item->from ? forecaster->sizes[source] : nothing;
		add_costs(forecast, item, size, &from, server);
		if (item->effects & EFFECT_FILLS) {
			size->rows += from.rows;
			size->bytes += from.bytes;
			size->row_bytes += from.bytes;
		}
	}
	forecaster->total.rows += forecast->rows;
	forecaster->total.bytes += forecast->bytes;
	forecaster->total.milliseconds += forecast->milliseconds;
	forecaster->total.kept += forecast->kept;
	if (forecaster->total.passing < forecast->passing)
		forecaster->total.passing = forecast->passing;
	return NULL;
}

fallible forecast_all(struct forecaster *forecaster)
{
	const struct migration_plan *plan = forecaster->plan;
	for (int ordinal = migration_first(plan); ordinal <= plan->to->ordinal; ordinal++) {
		AUTO(effects) struct effects effects = {0};
		struct forecast forecast;
		TRY(effects_of(forecaster->db, revision_at(ordinal), &effects));
		TRY(forecast_next(forecaster, &effects, &forecast));
	}
	return NULL;
}

/* ---- disk ---- */

#define MIB (1 << 20)

/* In WAL mode all that is written stands in the -wal until a server, or whoever comes next, puts it into the file. */
static fallible needed(struct installation *installation, const struct migration_plan *plan, int64_t *bytes)
{
	AUTO(forecaster) struct forecaster forecaster = {.db = installation->db, .plan = plan};
	AUTO(memory) char *mode = NULL;
	bool found;
	TRY(forecast_all(&forecaster));
	TRY(db_single_text(installation->db, "select journal_mode from pragma_journal_mode", NULL, 0, &found, &mode));
	*bytes = forecaster.total.kept + forecaster.total.passing;
	*bytes += text_equal(mode, "wal") ? *bytes : 0;
	return NULL;
}

fallible forecast_check_disk(struct installation *installation, const struct migration_plan *plan, bool copied)
{
	struct statvfs disk;
	struct stat file;
	int64_t bytes = 0;
	if (!installation->file)
		return NULL;
	if (statvfs(installation->file, &disk) || stat(installation->file, &file))
		return error_system(errno, "%s", installation->file);
	TRY(needed(installation, plan, &bytes));
	bytes += copied ? file.st_size : 0;
	int64_t available = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	if (bytes <= available)
		return NULL;
	struct error *error = error_new(ERR_FAILED,
					"the migration needs about %lld MiB of disk%s, and %s has %lld MiB left; "
					"nothing was changed",
					(long long)(bytes / MIB), copied ? " with the copy before it" : "",
					installation->file, (long long)(available / MIB));
	return error_hint(error, "make room; `owctl migrate plan` shows what needs it%s",
			  copied ? ", and --no-backup does without the copy" : "");
}
