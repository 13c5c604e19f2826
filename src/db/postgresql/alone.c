/* A statement outside of a transaction: what it needs to be told the session is told, and asked to forget it. */
#include "db/postgresql/postgresql.h"

fallible pg_alone_begin(struct db *db, enum db_patience patience)
{
	struct pg *pg = (struct pg *)db;
	const struct db_options *options = &db->options;
	bool soon = patience == DB_ANSWERS_SOON;
	AUTO(str) struct str sql = {0};
	pg_add_settings(&sql, pg, "SET", soon ? options->statement_timeout_s : 0);
	if (options->read_only)
		str_add(&sql, "SET default_transaction_read_only = on; ");
	str_add(&sql, PG_ASK_STATE);
	AUTO(pg_result) PGresult *state = NULL;
	pg->patience_s = options->connect_timeout_s;
	TRY(pg_command(pg, str_text(&sql), &state));
	TRY(pg_check_state(pg, state));
	if (soon)
		pg_set_patience(pg);
	else
		pg->patience_s = 0;
	return NULL;
}

void pg_alone_end(struct db *db)
{
	struct pg *pg = (struct pg *)db;
	pg_stop(pg);
	if (!pg->lost && PQtransactionStatus(pg->connection) != PQTRANS_IDLE)
		pg_tell(pg, "ROLLBACK");
	AUTO(str) struct str sql = {0};
	pg_add_resets(&sql, pg);
	if (db->options.read_only)
		str_add(&sql, "RESET default_transaction_read_only");
	pg_tell(pg, str_text(&sql));
}
