/* Values that are too large to come with their row. PostgreSQL sends a row as one message, of which libpq holds all,
 * and then a copy; so the server is asked for a value in pieces, of bytes: where its characters begin, it would count
 * anew for each. The value is unpacked once, for all pieces of the one statement. */
#include "base/large.h"
#include "base/memory.h"
#include "db/driver.h"

#define PIECE 32768

/* What is smaller in the database is not looked at: unpacking it would cost as much as sending it. The server packs a
 * text to a ninetieth at most (pglz), or, where its owner chose so, to a 255th (lz4). */
#define SUSPICIOUS 65536

char *db_is_large(const struct db *db, const char *column)
{
	if (db_can(db, DB_CAN_HOLD_LARGE))
		return text_copy("false");
	return text_format("case when pg_column_size(%s) < %d then false else octet_length(%s::text) >= %d end", column,
			   SUSPICIOUS, column, LARGE_BLOCK);
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* "\x68e9" */
static void add_bytes(struct str *out, const char *hex, size_t size)
{
	char bytes[PIECE];
	size_t count = 0;
	for (size_t i = 2; i + 1 < size && count < PIECE; i += 2)
		bytes[count++] = (char)(digit(hex[i]) << 4 | digit(hex[i + 1]));
	str_add_n(out, bytes, count);
}

static fallible add_piece(const struct db_rows *row, struct str *text)
{
	if (db_cell_integer(row, 1) != (int64_t)text->size + 1)
		return error_new(ERR_FAILED, "the server sends the pieces of a value in disorder");
	struct db_value piece = db_cell(row, 0);
	if (piece.size < 2 || piece.text[0] != '\\' || piece.text[1] != 'x')
		return error_new(ERR_FAILED, "the server sends bytes in another form than was asked for");
	add_bytes(text, piece.text, piece.size);
	return NULL;
}

static fallible add_whole(const struct db_rows *row, struct str *text)
{
	struct db_value value = db_cell(row, 0);
	if (db_is_text(value))
		str_add_n(text, value.text, value.size);
	return NULL;
}

/* A database in SQL_ASCII says nothing of its bytes, and converts none. */
static char *select_pieces(const char *table, const char *key_column, const char *column)
{
	return text_format("select substr(whole.bytes, place, %d), place from (select convert_to(\"%s\"::text,"
			   " case getdatabaseencoding() when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end) as bytes"
			   " from \"%s\" where %s = $1 offset 0) whole,"
			   " generate_series(1, octet_length(whole.bytes), %d) place",
			   PIECE, column, table, key_column, PIECE);
}

fallible db_read_large(struct db *db, const char *table, const char *key_column, const char *key, const char *column,
		       struct str *text)
{
	bool whole = db_can(db, DB_CAN_HOLD_LARGE);
	AUTO(memory)
	char *sql = whole ? text_format("select \"%s\" from \"%s\" where %s = $1", column, table, key_column)
			  : select_pieces(table, key_column, column);
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct db_value parameter = db_text(key);
	TRY(db_query(db, sql, &parameter, 1, &rows));
	struct error *error = NULL;
	while (!error && db_row(rows, &error))
		error = whole ? add_whole(rows, text) : add_piece(rows, text);
	return error;
}
