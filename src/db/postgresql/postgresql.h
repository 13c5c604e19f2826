/* The PostgreSQL driver's own state. Everything on the wire is asynchronous: whatever waits for the server waits in
 * wait.c, where a signal or a time-out ends it. */
#ifndef DB_POSTGRESQL_POSTGRESQL_H
#define DB_POSTGRESQL_POSTGRESQL_H

#include <libpq-fe.h>

#include "db/driver.h"

struct pg {
	struct db base;
	PGconn *connection;
	char *schema;       /* NULL: the role's own search path */
	int64_t patience_s; /* for one answer of the server; 0: without end */
	bool lost;          /* nothing more can come from this connection */
	bool committed;     /* the answer to COMMIT came, if only while it was being stopped */
	bool warned;        /* the server sent a warning since this was cleared */
	int64_t session;    /* the server's process that has the lock of db_hold; 0: none is held */
	const char *waiting; /* what to say, once, when an answer takes long; NULL: nothing */
	bool doubtful;          /* as in struct db_target */
	struct strings secrets; /* that the server knows and may repeat */
};

static inline void pg_result_cleanup(PGresult **result)
{
	PQclear(*result);
}

/* connect.c */
fallible pg_open(const struct db_target *target, const struct db_options *options, struct db **db) MUST_CHECK;
void pg_close(struct db *db);

/* conninfo_check.c: ERR_SETTINGS if libpq can't read it. `timeout_s` gets its connect_timeout, or the environment's, or
 * 0. */
fallible pg_check_conninfo(const char *conninfo, int64_t *timeout_s) MUST_CHECK;

/* connect_error.c: why connecting failed; `again` when it is worth trying again */
fallible pg_connect_error(const struct pg *pg, PGconn *connection, bool *again) MUST_CHECK;

/* secrets.c */
void pg_secrets(PGconn *connection, bool doubtful, struct strings *secrets); /* appends; for text_without */
/* "PostgreSQL user@host:port/name" as libpq found them, whatever environment and service file said; to be freed */
char *pg_display(PGconn *connection) MUST_CHECK;

/* wait.c */
enum pg_ready { PG_READY, PG_TIMED_OUT, PG_CANCELLED };
enum pg_ready pg_poll(int fd, short events, int64_t deadline, bool heed_cancel); /* deadline 0: none */
fallible pg_wait(struct pg *pg, short events) MUST_CHECK; /* for the socket; stops the statement when it fails */
fallible pg_flush(struct pg *pg) MUST_CHECK;              /* sends all that is queued */
/* The next result of what was sent; NULL when there is none left. */
fallible pg_result(struct pg *pg, PGresult **result) MUST_CHECK;
fallible pg_sent(struct pg *pg, int sent) MUST_CHECK; /* checks what PQsend.. returned, and flushes */

/* stop.c: cancels what is under way and waits, at most a second in all, until the connection is at rest */
void pg_stop(struct pg *pg);
void pg_note_commit(struct pg *pg, PGresult *result); /* sets `committed` */
bool pg_settle(struct pg *pg); /* only waits; false, and the connection is lost, if that takes too long */
/* Ends what is under way, and tells the server what must be told whatever happened; of answers their end counts. */
void pg_tell(struct pg *pg, const char *sql);

/* error.c: the error that a result is; all results that are none give NULL */
fallible pg_result_error(struct pg *pg, const PGresult *result) MUST_CHECK;
fallible pg_lost(struct pg *pg) MUST_CHECK; /* the connection is gone */

/* sqlstate.c: what a SQLSTATE means; never NULL */
struct pg_meaning {
	const char *state; /* five characters, or the two of its class */
	enum error_code code;
	const char *hint;
};
const struct pg_meaning *pg_meaning_of(const char *sqlstate);

/* command.c */
/* Runs statements without parameters. `last` (may be NULL) gets the last result, of rows the last row; the others are
 * dropped as they come. */
fallible pg_command(struct pg *pg, const char *sql, PGresult **last) MUST_CHECK;

/* settings.c: what a transaction, or the session for one statement, is told and has to answer */
void pg_add_settings(struct str *sql, const struct pg *pg, const char *set, int64_t statement_timeout_s);
void pg_add_resets(struct str *sql, const struct pg *pg); /* of "SET", back to what the session began with */
void pg_set_patience(struct pg *pg); /* for the statements that follow, as the options say */
/* Asked after the settings: fails where the schema is not there, or the session not the one with the lock. */
#define PG_ASK_STATE "SELECT current_schema(), current_setting('transaction_read_only'), pg_backend_pid()"
fallible pg_check_state(const struct pg *pg, const PGresult *state) MUST_CHECK;

/* alone.c */
fallible pg_alone_begin(struct db *db, enum db_patience patience) MUST_CHECK;
void pg_alone_end(struct db *db);

/* hold.c */
fallible pg_hold(struct db *db, int64_t number, char **holder) MUST_CHECK;
void pg_release(struct db *db, int64_t number);

/* pooler.c: ERR_SETTINGS if a session is only lent for a transaction; *session is the server's process of ours */
fallible pg_own_session(struct pg *pg, int64_t *session) MUST_CHECK;
fallible pg_session_lent(const struct pg *pg) MUST_CHECK; /* the error for that */

/* activity.c */
fallible pg_others(struct db *db, struct strings *others) MUST_CHECK;
fallible pg_lock_holders(struct db *db, const struct strings *tables, struct strings *holders) MUST_CHECK;
/* The columns of pg_stat_activity a, with one of its times, and the words for a row of them; to be freed. */
#define PG_ACTIVITY_SINCE(time)                                                \
	"a.application_name, a.usename, pg_catalog.host(a.client_addr), a.pid," \
	" to_char(a." time " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define PG_ACTIVITY PG_ACTIVITY_SINCE("backend_start")
char *pg_activity_words(const struct db_rows *rows) MUST_CHECK;

/* query.c */
fallible pg_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct db_rows **rows) MUST_CHECK;
fallible pg_next(struct db_rows *rows, bool *row) MUST_CHECK;
struct db_value pg_cell(const struct db_rows *rows, int column);
const char *pg_cell_text(const struct db_rows *rows, int column);
void pg_rows_end(struct db_rows *rows);
void pg_rows_free(struct db_rows *rows);

/* parameters.c: values as libpq takes them, in text form */
struct pg_parameters {
	Oid *types;
	const char **values;
	struct str bytes;
};
fallible pg_parameters_make(struct pg_parameters *made, const struct db_value *values, size_t count) MUST_CHECK;
void pg_parameters_cleanup(struct pg_parameters *made);

/* load.c and unload.c */
fallible pg_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
		       struct db_load **load) MUST_CHECK;
fallible pg_load_row(struct db_load *load, const struct db_value *values) MUST_CHECK;
fallible pg_load_end(struct db_load *load, int64_t *rows) MUST_CHECK;
fallible pg_load_lines(struct db_load *load, const char *lines, size_t size, const struct db_odd *odd,
		       size_t odd_count) MUST_CHECK;
void pg_load_free(struct db_load *load);
fallible pg_unload(struct db *db, const struct db_unload *unload) MUST_CHECK;

/* parts.c and parts_refused.c */
extern const struct db_part_query pg_parts[];
extern const char pg_parts_refused[];

#endif
