/* Why connecting failed. libpq keeps the SQLSTATE of a refused connection to itself but for its verbose message, which
 * connect.c asks for; what it finds out itself (name, TLS, socket) it tells as English text only. */
#include <stdio.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

static const char what_listens[] = "is it PostgreSQL that listens on that port? Its log says why it hung up";

static const char other_name[] =
	"connect to the name that is in the server's certificate; hostaddr can name the address";

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
	{"does not match host name", ERR_SETTINGS, other_name},
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

/* What is read out of libpq's message. */
struct reading {
	struct str text;   /* for people */
	char sqlstate[6];  /* of the last host that answered, or empty */
	bool not_the_host; /* a certificate is another host's: from its name on, the text is the word of a stranger */
};

static void reading_cleanup(struct reading *reading)
{
	str_cleanup(&reading->text);
}

/* Behind `connection to server at "h" (::1), port 5432 failed: `, which libpq puts in front since 14; or NULL. */
static const char *reason_of(const char *line)
{
	static const char failed[] = " failed: ";
	const char *found = text_starts(line, "connection to server ") ? strstr(line, failed) : NULL;
	return found ? found + strlen(failed) : NULL;
}

/* The five characters in a reason such as "FATAL:  28P01: password ..", whose first word is in the server's language;
 * NULL where there are none. */
static const char *sqlstate_in(const char *reason)
{
	size_t severity = strcspn(reason, ": ");
	if (!severity || !text_starts(reason + severity, ":  "))
		return NULL;
	const char *state = reason + severity + 3;
	size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return length == 5 && text_starts(state + length, ": ") ? state : NULL;
}

/* One line of libpq's message without severity and SQLSTATE; none of the server's source file, none of libpq's own
 * hints. */
static void read_line(struct reading *reading, const char *line)
{
	if (!*line || line[0] == '\t' || text_starts(line, "LOCATION:") || text_starts(line, "HINT:"))
		return;
	if (reading->text.size)
		str_add(&reading->text, "; ");
	const char *reason = reading->not_the_host ? NULL : reason_of(line);
	const char *state = reason ? sqlstate_in(reason) : NULL;
	reading->not_the_host = reading->not_the_host || (reason && text_starts(reason, "server certificate for \""));
	if (!state) {
		str_add(&reading->text, line);
		return;
	}
	snprintf(reading->sqlstate, sizeof reading->sqlstate, "%.5s", state);
	str_add_n(&reading->text, line, (size_t)(reason - line));
	str_add(&reading->text, state[7] ? state + 7 : "an error without a message");
}

static void read_message(struct reading *reading, const char *message)
{
	while (*message) {
		size_t size = strcspn(message, "\n");
		AUTO(memory) char *line = text_copy_n(message, size);
		read_line(reading, line);
		message += size + (message[size] == '\n');
	}
}

static fallible by_sqlstate(const char *sqlstate, const char *text)
{
	if (!strcmp(sqlstate, "42704") || text_starts(sqlstate, "22")) /* of what PGOPTIONS or "options" asks for */
		return error_hint(error_new(ERR_SETTINGS, "%s", text),
				  "check the options that the database URL or PGOPTIONS sends to the server");
	const struct pg_meaning *meaning = pg_meaning_of(sqlstate);
	struct error *error = error_new(meaning->code, "%s", text);
	return meaning->hint ? error_hint(error, "%s", meaning->hint) : error;
}

fallible pg_connect_error(const struct pg *pg, PGconn *connection, bool *again)
{
	AUTO(secrets) struct strings secrets = {0};
	pg_secrets(connection, pg->doubtful, &secrets);
	AUTO(memory) char *message = text_without(PQerrorMessage(connection), &secrets);
	AUTO(reading) struct reading reading = {0};
	read_message(&reading, message);
	const char *text = str_text(&reading.text);
	*again = false;
	if (reading.not_the_host)
		return error_hint(error_new(ERR_SETTINGS, "%s", text), "%s", other_name);
	*again = *reading.sqlstate ? !strcmp(reading.sqlstate, "57P03")
				   : strstr(message, "Connection refused") && !strstr(message, "SSL error");
	if (*reading.sqlstate)
		return by_sqlstate(reading.sqlstate, text);
	for (size_t i = 0; i < COUNT(causes); i++)
		if (strstr(message, causes[i].text))
			return error_hint(error_new(causes[i].code, "%s", text), "%s", causes[i].hint);
	return error_new(ERR_UNREACHABLE, "%s", *text ? text : "connecting failed");
}
