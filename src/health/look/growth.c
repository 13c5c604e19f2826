/* How the installation has grown, by the times that its rows have: one statement a table. What people wrote is not
 * read on PostgreSQL, nor need the role be allowed to (docs/health-role.sql): the room that a table takes, with its
 * indexes, is shared out among its rows. Of these their times are read (`created_at`, which late releases have an index
 * on, and `last_active_at` of accounts), and `meta` of files, which has the size of each. SQLite does not tell the room
 * of a table: there the texts are measured, which reads the table once. */
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "db/db.h"
#include "health/look/look.h"
#include "openwebui/database.h"

#define WINDOW_DAYS 30
#define DAY_S 86400

struct growing {
	struct growth_sight *seen;
	struct db *db;
	int64_t now, since;		   /* the window of the last days begins */
	int64_t starts[GROWTH_MONTHS + 1]; /* of each month, and of the one to come */
};

static void release(struct look *look)
{
	struct db_target *target = look->state;
	db_target_cleanup(target);
	free(target);
}

static fallible prepare(struct look *look)
{
	struct db_target *target = look->state = mem_new(1, sizeof *target);
	bool absent = !look->options->growth || !database_is_named(look->settings);
	look->scene->growth.sight.absent = absent;
	return absent ? NULL : database_target(look->settings, target);
}

/* In UTC, as most servers run. */
static void find_months(struct growing *growing)
{
	time_t now = growing->now;
	struct tm today;
	gmtime_r(&now, &today);
	for (int i = 0; i <= GROWTH_MONTHS; i++) {
		int month = today.tm_mon - GROWTH_MONTHS + 1 + i;
		struct tm first = {.tm_year = today.tm_year, .tm_mon = month, .tm_mday = 1};
		growing->starts[i] = timegm(&first); /* which brings month and year into their ranges */
		char *name = growing->seen->months[i < GROWTH_MONTHS ? i : 0].month;
		if (i < GROWTH_MONTHS)
			strftime(name, sizeof growing->seen->months[0].month, "%Y-%m", &first);
	}
}

/* ---- a table ---- */

/* Releases write seconds; rows of old, and what other tools brought in, have milliseconds, and some tables nanoseconds.
 * So large a number of seconds would be the year 5138. */
#define SECONDS(column)                                                                                          \
	"case when " column " > 100000000000000000 then " column " / 1000000000 when " column                    \
	" > 100000000000000 then " column " / 1000000 when " column " > 100000000000 then " column " / 1000 else " \
	column " end as t"

/* Appends sums of a value, from the one at `first` on: over rows since the beginning of each month, since that of the
 * one to come, and since the window begins. So each row is compared once a month, and one without a time counts
 * nowhere. */
#define SUMS (GROWTH_MONTHS + 2)
static void add_sums(struct str *sql, const struct growing *growing, const char *value, int first)
{
	for (int i = first; i < SUMS; i++)
		str_add_format(sql, ", sum(case when t >= %lld then %s else 0 end)",
			       (long long)(i <= GROWTH_MONTHS ? growing->starts[i] : growing->since), value);
}

static int64_t sum_of_month(const struct db_rows *row, int first, int month)
{
	return db_cell_integer(row, first + month) - db_cell_integer(row, first + month + 1);
}

/* What is of a time to come is of no month, and not of the window either. */
static int64_t sum_of_window(const struct db_rows *row, int first)
{
	return db_cell_integer(row, first + GROWTH_MONTHS + 1) - db_cell_integer(row, first + GROWTH_MONTHS);
}

static fallible ask(struct growing *growing, const struct str *sql, struct db_rows **rows)
{
	bool row;
	TRY(db_query(growing->db, str_text(sql), NULL, 0, rows));
	TRY(db_next(*rows, &row));
	return row ? NULL : error_new(ERR_FAILED, "the database has counted nothing");
}

/* Has PostgreSQL work out `t` once a row, and not in each sum. Not on SQLite, which would copy the texts about. */
#define APART "offset 0"

/* ---- accounts ---- */

static void take_accounts(struct growing *growing, const struct db_rows *row)
{
	struct growth_sight *seen = growing->seen;
	int64_t oldest = db_cell_integer(row, 2);
	seen->accounts = db_cell_integer(row, 0);
	seen->active_accounts = db_cell_integer(row, 1);
	seen->days = oldest > 0 ? (growing->now - oldest + DAY_S - 1) / DAY_S : WINDOW_DAYS;
	seen->days = seen->days > WINDOW_DAYS ? WINDOW_DAYS : seen->days < 1 ? 1 : seen->days;
	for (int i = 0; i < GROWTH_MONTHS; i++)
		seen->months[i].accounts = sum_of_month(row, 3, i);
}

static fallible count_accounts(struct growing *growing)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	str_add_format(&sql, "select count(*), sum(case when seen >= %lld then 1 else 0 end), min(t)",
		       (long long)growing->since);
	add_sums(&sql, growing, "1", 0);
	str_add_format(&sql,
		       " from (select last_active_at as seen, " SECONDS("created_at") " from \"user\" %s) as times",
		       db_pick(growing->db, "", APART));
	TRY(ask(growing, &sql, &rows));
	take_accounts(growing, rows);
	return NULL;
}

/* ---- chats, and messages, which late releases keep beside them as well ---- */

/* That `part` of `whole` rows have of `bytes`. */
static int64_t share_of(int64_t bytes, int64_t part, int64_t whole)
{
	return whole > 0 && bytes > 0 ? (int64_t)((double)bytes * (double)part / (double)whole) : 0;
}

/* Adds the bytes of the rows of the window, by the room that the table takes. */
static fallible add_room(struct growing *growing, const char *table, int64_t part, int64_t whole)
{
	AUTO(memory) char *sql = text_format("select pg_total_relation_size(to_regclass('%s'))", table);
	int64_t bytes;
	TRY(db_single_integer(growing->db, sql, NULL, 0, &bytes));
	growing->seen->chat_bytes += share_of(bytes, part, whole);
	return NULL;
}

#define SIZE_OF_TEXT(column) "coalesce(length(cast(" column " as blob)), 0)"

/* `texts`: the SQL for the bytes of a row's texts; columns that these are in, with a comma behind each. */
static fallible count_chats(struct growing *growing, const char *table, const char *columns, const char *texts)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	bool measured = *db_pick(growing->db, "+", ""), chats = text_equal(table, "chat");
	int first = chats ? 0 : GROWTH_MONTHS; /* of messages the window alone */
	str_add(&sql, "select count(*)");
	add_sums(&sql, growing, "1", first);
	if (measured) {
		str_add_format(&sql, ", sum(case when t >= %lld and t < %lld then %s else 0 end)",
			       (long long)growing->since, (long long)growing->starts[GROWTH_MONTHS], texts);
	}
	str_add_format(&sql, " from (select %s" SECONDS("created_at") " from %s %s) as times",
		       measured ? columns : "", table, measured ? "" : APART);
	TRY(ask(growing, &sql, &rows));
	int64_t all = db_cell_integer(rows, 0), recent = sum_of_window(rows, 1 - first);
	for (int i = 0; i < GROWTH_MONTHS && chats; i++)
		growing->seen->months[i].chats = sum_of_month(rows, 1, i);
	growing->seen->chats = chats ? all : growing->seen->chats;
	growing->seen->chat_bytes += measured ? db_cell_integer(rows, 1 + SUMS - first) : 0;
	db_rows_free(rows);
	rows = NULL;
	return measured ? NULL : add_room(growing, table, recent, all);
}

/* ---- files ---- */

/* `size` in file.meta; not read as JSON on PostgreSQL, which refuses all of a text with a NUL in it. A terabyte is the
 * size of no file: SQLite refuses a sum that does not fit into 64 bits. */
#define SIZE_SQLITE                                                                                              \
	"case when json_valid(meta) and json_type(meta, '$.size') = 'integer' and "                              \
	"json_extract(meta, '$.size') between 0 and 999999999999 then json_extract(meta, '$.size') else 0 end"
#define SIZE_POSTGRESQL "coalesce(substring(meta::text from '\"size\": *([0-9]{1,12})[^0-9]')::bigint, 0)"

static fallible count_files(struct growing *growing)
{
	AUTO(str) struct str sql = {0};
	AUTO(db_rows) struct db_rows *rows = NULL;
	str_add(&sql, "select count(*)");
	add_sums(&sql, growing, "1", 0);
	add_sums(&sql, growing, "size", 0);
	str_add_format(&sql, " from (select %s as size, " SECONDS("created_at") " from file %s) as times",
		       db_pick(growing->db, SIZE_SQLITE, SIZE_POSTGRESQL), db_pick(growing->db, "limit -1", APART));
	TRY(ask(growing, &sql, &rows));
	for (int i = 0; i < GROWTH_MONTHS; i++) {
		growing->seen->months[i].files = sum_of_month(rows, 1, i);
		growing->seen->months[i].file_bytes = sum_of_month(rows, 1 + SUMS, i);
	}
	growing->seen->file_bytes = sum_of_window(rows, 1 + SUMS);
	return NULL;
}

/* ---- all of it ---- */

static fallible see(struct growing *growing)
{
	bool messages;
	TRY(db_begin(growing->db, DB_READ));
	TRY(count_accounts(growing));
	TRY(count_chats(growing, "chat", "chat, ", SIZE_OF_TEXT("chat")));
	/* By the catalogue: of a database at any revision. */
	TRY(db_table_exists(growing->db, "chat_message", &messages));
	if (messages)
		TRY(count_chats(growing, "chat_message", "content, output, ",
				SIZE_OF_TEXT("content") " + " SIZE_OF_TEXT("output")));
	TRY(count_files(growing));
	return db_single_integer(growing->db,
				 db_pick(growing->db,
					 "select page_count * page_size from pragma_page_count, pragma_page_size",
					 "select pg_database_size(current_database())"),
				 NULL, 0, &growing->seen->database_bytes);
}

static fallible look(struct look *look)
{
	int64_t seconds = look_seconds(look), now = look->scene->now;
	const struct db_options how = {.read_only = true,
				       .large_values = true, /* a chat may be */
				       .connect_timeout_s = seconds,
				       .lock_timeout_s = seconds,
				       .statement_timeout_s = seconds};
	AUTO(db) struct db *db = NULL;
	int64_t since = now - WINDOW_DAYS * DAY_S;
	struct growing growing = {.seen = &look->scene->growth, .now = now, .since = since};
	growing.seen->database_bytes = -1;
	growing.seen->days = 1;
	find_months(&growing);
	TRY(db_open(look->state, &how, &db));
	growing.db = db;
	return see(&growing);
}

const struct part growth_part = {.what = "what the database has grown by",
				 PART_OF_SCENE(growth, growth.sight),
				 .stage = CHECK_AT_END,
				 .prepare = prepare,
				 .look = look,
				 .release = release};
