/* Why connecting failed. libpq keeps the SQLSTATE of a refused connection to itself but for its verbose message, which
 * connect.c asks for; what it finds out itself (name, TLS, socket) it tells as English text only. */
#include <ctype.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

static const char what_listens[] = "is it PostgreSQL that listens on that port? Its log says why it hung up";

static const struct {
	const char *text;
	enum error_code code;
	const char *hint;
} causes[] = {
	{"no password supplied", ERR_PERMISSION,
	 "give the password in DATABASE_URL or DATABASE_PASSWORD, in PGPASSWORD, or in ~/.pgpass"},
	{"server does not support SSL", ERR_SETTINGS,
	 "turn on TLS (ssl = on) at the server, or allow sslmode=prefer on a network that you trust"},
	{"certificate verify failed", ERR_SETTINGS,
	 "sslrootcert must name the authority that signed the server's certificate, and that must not be out of date"},
	{"root certificate file", ERR_SETTINGS, "sslmode=verify-full needs sslrootcert, or ~/.postgresql/root.crt"},
	{"does not match host name", ERR_SETTINGS,
	 "connect to the name that is in the server's certificate; hostaddr can name the address"},
	{"SSL error", ERR_SETTINGS, "check sslmode, sslcert, sslkey and sslrootcert"},
	{"private key file", ERR_SETTINGS, "check sslkey: the file must be there and for its owner alone"},
	{"could not translate host name", ERR_UNREACHABLE, "check the host's name and the name server"},
	{"Connection refused", ERR_UNREACHABLE, "is PostgreSQL running there, and does it listen on that port?"},
	{"No such file or directory", ERR_UNREACHABLE, "is PostgreSQL running, and is that its socket's folder?"},
	{"Permission denied", ERR_PERMISSION, "the socket is not for this user"},
	{"server closed the connection", ERR_UNREACHABLE, what_listens},
	{"expected authentication request", ERR_UNREACHABLE, what_listens},
	{"response to SSL negotiation", ERR_UNREACHABLE, what_listens},
	{"SSL SYSCALL error", ERR_UNREACHABLE, what_listens},
	{"invalid ", ERR_SETTINGS, "see libpq's connection parameters"},
	{"definition of service", ERR_SETTINGS, "see PGSERVICEFILE, ~/.pg_service.conf"},
	{"session is read-only", ERR_UNREACHABLE, "none of the hosts is a primary that can be written to"},
	{"server is in hot standby mode", ERR_UNREACHABLE, "none of the hosts is a primary"},
};

/* The five characters of "FATAL:  28P01: password ..", NULL where there are none. */
static const char *sqlstate_in(const char *text)
{
	for (const char *at = text; (at = strstr(at, ":  ")); at++) {
		const char *state = at + 3;
		size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if (length == 5 && state[5] == ':' && state[6] == ' ')
			return state;
	}
	return NULL;
}

/* One line of libpq's message without severity and SQLSTATE; none of the server's source file, none of libpq's own
 * hints. */
static void add_line(struct str *out, const char *line, size_t size)
{
	if (!size || line[0] == '\t' || text_starts(line, "LOCATION:") || text_starts(line, "HINT:"))
		return;
	AUTO(memory) char *text = text_copy_n(line, size);
	if (out->size)
		str_add(out, "; ");
	const char *state = sqlstate_in(text);
	if (!state) {
		str_add(out, text);
		return;
	}
	const char *severity = state - 3;
	while (severity > text && isalpha((unsigned char)severity[-1]))
		severity--;
	str_add_n(out, text, (size_t)(severity - text));
	str_add(out, state[7] ? state + 7 : "an error without a message");
}

static void add_lines(struct str *out, const char *message)
{
	while (*message) {
		size_t size = strcspn(message, "\n");
		add_line(out, message, size);
		message += size + (message[size] == '\n');
	}
}

/* With several hosts the last one that answered counts. */
static const char *last_sqlstate(const char *message)
{
	const char *last = NULL;
	for (const char *state = message; (state = sqlstate_in(state)); state++)
		last = state;
	return last;
}

fallible pg_connect_error(const struct pg *pg, PGconn *connection, bool *again)
{
	AUTO(secrets) struct strings secrets = {0};
	pg_secrets(connection, pg->doubtful, &secrets);
	AUTO(memory) char *message = text_without(PQerrorMessage(connection), &secrets);
	AUTO(str) struct str text = {0};
	add_lines(&text, message);
	const char *sqlstate = last_sqlstate(message);
	*again = sqlstate ? !strncmp(sqlstate, "57P03", 5) : strstr(message, "Connection refused") != NULL;
	if (sqlstate) {
		if (!strncmp(sqlstate, "42704", 5) || !strncmp(sqlstate, "22", 2)) /* of what PGOPTIONS or "options" asks for */
			return error_hint(error_new(ERR_SETTINGS, "%s", str_text(&text)),
					  "check the options that the database URL or PGOPTIONS sends to the server");
		const struct pg_meaning *meaning = pg_meaning_of(sqlstate);
		struct error *error = error_new(meaning->code, "%s", str_text(&text));
		return meaning->hint ? error_hint(error, "%s", meaning->hint) : error;
	}
	for (size_t i = 0; i < COUNT(causes); i++)
		if (strstr(message, causes[i].text))
			return error_hint(error_new(causes[i].code, "%s", str_text(&text)), "%s", causes[i].hint);
	return error_new(ERR_UNREACHABLE, "%s", text.size ? text.data : "connecting failed");
}
