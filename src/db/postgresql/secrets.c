/* What a server was told and may repeat, and what a connection may be called. */
#include <stdlib.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

static void options_cleanup(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

/* libpq marks what is not for showing. The password may also come from PGPASSWORD or the password file. */
void pg_secrets(PGconn *connection, bool doubtful, struct strings *secrets)
{
	static const char *const pieces[] = {"user", "host", "dbname"};
	AUTO(options) PQconninfoOption *options = PQconninfo(connection);
	for (const PQconninfoOption *option = options; option && option->keyword; option++) {
		bool secret = strchr(option->dispchar, '*');
		for (size_t i = 0; doubtful && i < COUNT(pieces); i++)
			secret = secret || !strcmp(option->keyword, pieces[i]);
		if (secret && option->val && *option->val)
			strings_add(secrets, option->val);
	}
	const char *password = PQpass(connection);
	if (password && *password)
		strings_add(secrets, password);
}

static char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (!strcmp(options->keyword, keyword))
			return options->val;
	return NULL;
}

/* An address beside the name leads elsewhere than the name says. */
static void add_address(struct str *out, const PQconninfoOption *options, const char *host)
{
	const char *address = value_of(options, "hostaddr"), *variable = getenv("PGHOSTADDR");
	if (address && *address && !text_equal(address, host))
		str_add_format(out, " (address %s%s)", address, text_equal(address, variable) ? " by PGHOSTADDR" : "");
}

char *pg_display(PGconn *connection)
{
	AUTO(options) PQconninfoOption *options = PQconninfo(connection);
	const char *host = PQhost(connection);
	struct str out = {0};
	str_add_format(&out, "PostgreSQL %s@", PQuser(connection));
	str_add_format(&out, strpbrk(host, "/:") ? "[%s]" : "%s", host);
	str_add_format(&out, ":%s/%s", PQport(connection), PQdb(connection));
	add_address(&out, options, host);
	return str_take(&out);
}
