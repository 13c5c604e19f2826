/* Database URLs: every form that Open WebUI takes, what owctl refuses and how it says so, and what is ever shown.
 * tests/real/test_url.py compares the same parser with the one that Open WebUI uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "db/target.h"
#include "settings/mask.h"

#define CLEAN __attribute__((unused)) void **state
#define KEEPALIVES "keepalives_idle='30' keepalives_interval='10' keepalives_count='3'"
#define DEFAULTS " fallback_application_name='owctl' " KEEPALIVES

static const struct {
	const char *url, *path;
} sqlite_urls[] = {
	{"sqlite:///webui.db", "webui.db"},
	{"sqlite:////var/lib/webui.db", "/var/lib/webui.db"},
	{"sqlite+aiosqlite:////a/b.db", "/a/b.db"},
	{"sqlite:///data/with space.db", "data/with space.db"},
	{"sqlite:////a/b%20c.db", "/a/b%20c.db"}, /* not decoded, as in SQLAlchemy */
	{"sqlite:////a/me@home:1/x.db", "/a/me@home:1/x.db"},
	{"sqlite:////a.db?timeout=5&mode=ro", "/a.db"},
	{"sqlite:///file:/a/b.db?mode=ro&uri=true", "/a/b.db"},
	{"sqlite:///file:///a/b.db?uri=1", "/a/b.db"},
	{"sqlite:///file://localhost/a/b.db?uri=yes", "/a/b.db"},
	{"sqlite:///file:rel.db?uri=true", "rel.db"},
	{"sqlite:///plain.db?uri=true", "plain.db"},
	{"sqlite:///file:odd?uri=false", "file:odd"},
};

static void sqlite_paths(CLEAN)
{
	for (size_t i = 0; i < COUNT(sqlite_urls); i++) {
		struct db_target target = {0};
		assert_null(db_target_parse(sqlite_urls[i].url, false, &target));
		assert_int_equal(target.engine, DB_SQLITE);
		assert_string_equal(target.path, sqlite_urls[i].path);
		assert_null(target.conninfo);
		AUTO(memory) char *display = text_format("SQLite %s", sqlite_urls[i].path);
		assert_string_equal(target.display, display);
		db_target_cleanup(&target);
	}
}

#define HIDDEN "PostgreSQL at *** (an @ in the URL is not written as %40)"

static const struct {
	const char *url, *conninfo, *display;
} postgresql_urls[] = {
	{"postgresql://", "", "PostgreSQL of the PG* environment"},
	{"postgresql:///owui", "dbname='owui'", "PostgreSQL /owui"},
	{"postgres://me:pw@db:5433/owui", "host='db' port='5433' user='me' password='pw' dbname='owui'",
	 "PostgreSQL me@db:5433/owui"},
	{"postgresql+psycopg2://me@db/owui", "host='db' user='me' dbname='owui'", "PostgreSQL me@db/owui"},
	{"postgresql+asyncpg://db", "host='db'", "PostgreSQL db"},
	{"postgresql://:pw@db", "host='db' password='pw'", "PostgreSQL db"},
	{"postgresql://me:@db", "host='db' user='me'", "PostgreSQL me@db"},
	/* percent-decoding: user and password only, and what is no escape stays */
	{"postgresql://m%40e:p%40s%2Fs%3A%25@h/n%20n",
	 "host='h' user='m@e' password='p@s/s:%' dbname='n%20n'", "PostgreSQL m@e@h/n%20n"},
	{"postgresql://u:100%+a%zz%4@h", "host='h' user='u' password='100%+a%zz%4'", "PostgreSQL u@h"},
	{"postgresql://u:%C3%A4@h", "host='h' user='u' password='\xc3\xa4'", "PostgreSQL u@h"},
	/* a password may hold what ends a host */
	{"postgresql://u:a/b:c?d#e@h/n", "host='h' user='u' password='a/b:c?d#e' dbname='n'", "PostgreSQL u@h/n"},
	{"postgresql://azure@server@h/n", "host='h' user='azure@server' dbname='n'", HIDDEN},
	/* what may be a piece of a password is not shown */
	{"postgresql://u:pa@ss/word@h/n", "host='ss' user='u' password='pa' dbname='word@h/n'", HIDDEN},
	{"postgresql://us/er:pw@h/n", "host='us' dbname='er:pw@h/n'", HIDDEN},
	{"postgresql://u:pa@ss?word@h/n", "host='ss' user='u' password='pa'", HIDDEN},
	{"postgresql://h/n?user=me@corp", "host='h' dbname='n' user='me@corp'", HIDDEN},
	/* quoting for libpq */
	{"postgresql://u:it's\\x@h", "host='h' user='u' password='it\\'s\\\\x'", "PostgreSQL u@h"},
	/* hosts */
	{"postgresql://[2001:db8::1]:5433/n", "host='2001:db8::1' port='5433' dbname='n'",
	 "PostgreSQL [2001:db8::1]:5433/n"},
	{"postgresql://[::1]", "host='::1'", "PostgreSQL [::1]"},
	{"postgresql://a,b/n", "host='a,b' dbname='n'", "PostgreSQL a,b/n"},
	{"postgresql://a:1,b:2/n", "host='a,b' port='1,2' dbname='n'", "PostgreSQL a,b:1,2/n"},
	{"postgresql://a,b:2/n", "host='a,b' port='2' dbname='n'", "PostgreSQL a,b:2/n"},
	{"postgresql://a:1,b/n", "host='a,b' port='1,' dbname='n'", "PostgreSQL a,b:1,/n"},
	{"postgresql://a,b:2,c:3/n", "host='a,b,c' port=',2,3' dbname='n'", "PostgreSQL a,b,c:,2,3/n"},
	{"postgresql://h:/n", "host='h' dbname='n'", "PostgreSQL h/n"},
	{"postgresql:///n?host=/run/a:1", "host='/run/a:1' dbname='n'", "PostgreSQL [/run/a:1]/n"},
	{"postgresql://h/n?host=&nonsense=&nothing", "host='h' dbname='n'", "PostgreSQL h/n"},
	{"postgresql:///n?host=/run/postgresql", "host='/run/postgresql' dbname='n'",
	 "PostgreSQL [/run/postgresql]/n"},
	{"postgresql://ignored:1/n?host=/s", "host='/s' port='1' dbname='n'", "PostgreSQL [/s]:1/n"},
	{"postgresql:///n?host=a:1&host=b:2", "host='a,b' port='1,2' dbname='n'", "PostgreSQL a,b:1,2/n"},
	{"postgresql:///n?host=a,b&port=1,2", "host='a,b' dbname='n' port='1,2'", "PostgreSQL a,b:1,2/n"},
	{"postgresql:///n?host=::1", "host='::1' dbname='n'", "PostgreSQL [::1]/n"},
	{"postgresql:///n?host=::1,h&port=5,6", "host='::1,h' dbname='n' port='5,6'", "PostgreSQL [::1,h]:5,6/n"},
	/* parameters */
	{"postgresql://h/n?sslmode=require&sslrootcert=/etc/ca+1.pem&connect_timeout=3",
	 "host='h' dbname='n' sslmode='require' sslrootcert='/etc/ca 1.pem' connect_timeout='3'", "PostgreSQL h/n"},
	{"postgresql://h/n?ssl=verify-full", "host='h' dbname='n' sslmode='verify-full'", "PostgreSQL h/n"},
	{"postgresql://h/n?ssl=require&sslmode=disable", "host='h' dbname='n' sslmode='disable'", "PostgreSQL h/n"},
	{"postgresql://h/n?sslmode=disable&ssl=require", "host='h' dbname='n' sslmode='disable'", "PostgreSQL h/n"},
	{"postgresql://h/n?options=-c%20search_path%3Da&target_session_attrs=read-write",
	 "host='h' dbname='n' options='-c search_path=a' target_session_attrs='read-write'", "PostgreSQL h/n"},
	{"postgresql://h/n?user=me&password=s%26t", "host='h' dbname='n' user='me' password='s&t'",
	 "PostgreSQL me@h/n"},
	{"postgresql://h/n?prepared_statement_cache_size=0&command_timeout=60", "host='h' dbname='n'",
	 "PostgreSQL h/n"},
	{"postgresql://h?database=n&timeout=7", "host='h' dbname='n' connect_timeout='7'", "PostgreSQL h/n"},
	{"postgresql://h/n?sslmode=&&x&sslcert=/c", "host='h' dbname='n' sslcert='/c'", "PostgreSQL h/n"},
	{"postgresql://?service=prod", "service='prod'", "PostgreSQL service prod"},
};

static void postgresql_conninfo(CLEAN)
{
	for (size_t i = 0; i < COUNT(postgresql_urls); i++) {
		struct db_target target = {0};
		assert_null(db_target_parse(postgresql_urls[i].url, false, &target));
		assert_int_equal(target.engine, DB_POSTGRESQL);
		const char *own = postgresql_urls[i].conninfo;
		AUTO(memory) char *conninfo = text_format("%s%s", own, &DEFAULTS[!*own]);
		assert_string_equal(target.conninfo, conninfo);
		assert_string_equal(target.display, postgresql_urls[i].display);
		assert_null(target.path);
		db_target_cleanup(&target);
	}
}

static void given_application_and_keepalives_stay(CLEAN)
{
	struct db_target target = {0};
	assert_null(db_target_parse("postgresql://h?fallback_application_name=x&keepalives_idle=1"
				    "&keepalives_interval=2&keepalives_count=9",
				    false, &target));
	assert_string_equal(target.conninfo, "host='h' fallback_application_name='x' keepalives_idle='1' "
					     "keepalives_interval='2' keepalives_count='9'");
	db_target_cleanup(&target);
}

static const struct {
	const char *url, *message, *hint;
} refused[] = {
	{"", "this is not a database URL", "postgresql://user:password@host:5432/name"},
	{"webui.db", "this is not a database URL", "sqlite:////path"},
	{"://x", "this is not a database URL", "sqlite:////path"},
	{"post gres://x", "this is not a database URL", "sqlite:////path"},
	{"postgresql:/me@h/n", "this is not a database URL", "sqlite:////path"},
	{"mysql://u:pw@h/n", "owctl does not work with mysql databases", "SQLite (sqlite:///...) and PostgreSQL"},
	{"mssql+pyodbc://h", "owctl does not work with mssql databases", "SQLite"},
	{"postgresqlx://h", "owctl does not work with postgresqlx databases", "SQLite"},
	{"sqlite://", "a SQLite database in memory holds nothing to work on", "sqlite:////absolute"},
	{"sqlite:///", "a SQLite database in memory holds nothing to work on", "sqlite:////absolute"},
	{"sqlite:///:memory:", "a SQLite database in memory holds nothing to work on", "sqlite:////absolute"},
	{"sqlite:///file:x?mode=memory&uri=true", "a SQLite database in memory holds nothing to work on", "sqlite:"},
	{"sqlite://webui.db", "a SQLite URL has no host", "the path begins after the third slash"},
	{"sqlite://u:pw@/x", "a SQLite URL has no host", "third slash"},
	{"sqlite+sqlcipher:////a.db", "an encrypted SQLite database (SQLCipher) cannot be read", "plain copy"},
	{"postgresql://u:p@ss@h/n", "the host in the database URL holds an @", "write @ as %40"},
	{"postgresql://h:port/n", "the port in the database URL is not a number from 1 to 65535", "write @ as %40"},
	{"postgresql://h:0/n", "the port in the database URL is not a number from 1 to 65535", "%40"},
	{"postgresql://h:65536/n", "the port in the database URL is not a number from 1 to 65535", "%40"},
	/* 5432 to 64 bits */
	{"postgresql://h:18446744073709557048/n",
	 "the port in the database URL is not a number from 1 to 65535", "%40"},
	{"postgresql://h:99999999999999999999/n", "the port in the database URL is not a number from 1 to 65535", "%"},
	{"postgresql://::1/n", "the port in the database URL is not a number from 1 to 65535", "IPv6 address stands"},
	{"postgresql://[::1]x:5/n", "the [] in the database URL do not hold a host", "[2001:db8::1]:5432"},
	{"postgresql://[::1],h/n", "the database URL lists several hosts, one of them in []",
	 "?host=2001:db8::1,other&port="},
	{"postgresql://h,[::1]:5/n", "the database URL lists several hosts, one of them in []",
	 "?host=2001:db8::1,other&port="},
	{"postgresql://[]:5/n", "the [] in the database URL do not hold a host", "[2001:db8::1]:5432"},
	{"postgresql://h/n?host=a:1&port=2", "the database URL gives the port twice", "host=a,b&port=1,2"},
	{"postgresql://h/n?slmode=require", "libpq does not know the parameter \"slmode\" of the database URL",
	 "spelling"},
	{"postgresql://u:pa@ss?wo=rd@h/n", "libpq does not know a parameter of the database URL",
	 "write @ as %40 and ? as %3F"},
	{"postgresql://h/n?ssl=true", "sslmode (or ssl) in the database URL has a value that libpq does not know",
	 "verify-full"},
	{"postgresql://u:%ff@h", "the database URL holds bytes that are not UTF-8, or %00", "percent-encode"},
	{"postgresql://u:%00@h", "the database URL holds bytes that are not UTF-8, or %00", "percent-encode"},
	{"postgresql://h/n?options=%00", "the database URL holds bytes that are not UTF-8, or %00", "percent-encode"},
	{"postgresql://h/n\n", "the database URL holds a control character", "stray line end"},
	{"sqlite:///a\x1b[31m", "the database URL holds a control character", "stray line end"},
};

static void refused_with_a_hint(CLEAN)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct db_target target = {0};
		AUTO(error) struct error *error = db_target_parse(refused[i].url, false, &target);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_SETTINGS);
		AUTO(memory) char *text = error_text(error);
		assert_string_equal(text, refused[i].message);
		assert_non_null(strstr(error_hint_text(error), refused[i].hint));
		assert_null(target.display);
	}
}

static const struct {
	const char *text;
	enum db_engine engine;
	const char *display;
} bare[] = {
	{"/var/lib/webui.db", DB_SQLITE, "SQLite /var/lib/webui.db"},
	{"./webui.db", DB_SQLITE, "SQLite ./webui.db"},
	{"webui.db", DB_SQLITE, "SQLite webui.db"},
	{"./a=b", DB_SQLITE, "SQLite ./a=b"},
	{"/", DB_SQLITE, "SQLite /webui.db"},
	{"sqlite:///x.db", DB_SQLITE, "SQLite x.db"},
	{"service=prod", DB_POSTGRESQL, "PostgreSQL service prod"},
	{"host = h dbname='my db' password=secret", DB_POSTGRESQL, "PostgreSQL h/my db"},
	{"hostaddr=127.0.0.1 user=u", DB_POSTGRESQL, "PostgreSQL u@127.0.0.1"},
	{"postgres://h/n", DB_POSTGRESQL, "PostgreSQL h/n"},
	{"host=h password=a://b", DB_POSTGRESQL, "PostgreSQL h"},
};

static void bare_forms(CLEAN)
{
	for (size_t i = 0; i < COUNT(bare); i++) {
		struct db_target target = {0};
		assert_null(db_target_parse(bare[i].text, true, &target));
		assert_int_equal(target.engine, bare[i].engine);
		assert_string_equal(target.display, bare[i].display);
		db_target_cleanup(&target);
	}
}

static void a_folder_means_the_database_in_it(CLEAN)
{
	char folder[] = "/tmp/owctl-test-url-XXXXXX";
	assert_non_null(mkdtemp(folder));
	for (int slash = 0; slash < 2; slash++) {
		AUTO(memory) char *given = text_format("%s%s", folder, slash ? "/" : "");
		AUTO(memory) char *expected = text_format("%s/webui.db", folder);
		struct db_target target = {0};
		assert_null(db_target_parse(given, true, &target));
		assert_string_equal(target.path, expected);
		db_target_cleanup(&target);
	}
	rmdir(folder);
}

static const struct {
	const char *text, *message;
} bare_refused[] = {
	{"", "a SQLite database in memory holds nothing to work on"},
	{":memory:", "a SQLite database in memory holds nothing to work on"},
	{"postgresql:/u:pw@h/n", "the database URL has no \"://\" after its first word"},
	{"sqlite:webui.db", "the database URL has no \"://\" after its first word"},
	{"host=h password=se cret", "libpq does not understand these key=value pairs"},
	{"hots=h", "libpq does not understand these key=value pairs"},
};

static void bare_forms_refused(CLEAN)
{
	for (size_t i = 0; i < COUNT(bare_refused); i++) {
		struct db_target target = {0};
		AUTO(error) struct error *error = db_target_parse(bare_refused[i].text, true, &target);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_SETTINGS);
		AUTO(memory) char *text = error_text(error);
		assert_string_equal(text, bare_refused[i].message);
		assert_non_null(error_hint_text(error));
	}
}

static void urls_from_parts(CLEAN)
{
	static const struct {
		const char *type, *user, *password, *host, *port, *name, *url;
	} cases[] = {
		{"postgresql", "u", "p", "h", "5432", "n", "postgresql://u:p@h:5432/n"},
		{"postgresql", "u", NULL, "h", "5432", "n", "postgresql://u@h:5432/n"},
		{"postgresql", NULL, "p", "h", "5432", "n", "postgresql://:p@h:5432/n"},
		{"postgresql", "u", "p@/", "h", "5432", "n", "postgresql://u:p@/@h:5432/n"},
		{"", "u", "p", "h", "5432", "n", NULL},
		{"postgresql", NULL, "", "h", "5432", "n", NULL},
		{"postgresql", "u", "p", NULL, "5432", "n", NULL},
		{"postgresql", "u", "p", "h", "", "n", NULL},
		{"postgresql", "u", "p", "h", "5432", NULL, NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(secret) char *url = db_url_from_parts(cases[i].type, cases[i].user, cases[i].password,
							   cases[i].host, cases[i].port, cases[i].name);
		if (cases[i].url)
			assert_string_equal(url, cases[i].url);
		else
			assert_null(url);
	}
}

static const struct {
	const char *url, *shown;
} masks[] = {
	{"postgresql://u:pw@h:1/n", "postgresql://u:***@h:1/n"},
	{"postgresql://u@h:1/n", "postgresql://u@h:1/n"},
	{"postgresql://u:p@ss@h/n?x=a@b", "postgresql://u:***@h/n?x=a@b"},
	{"postgresql://u:p/w?d@h/n", "postgresql://u:***@h/n"},
	{"postgresql://u:p@h?q@h2/n", "postgresql://u:***@h2/n"},
	{"postgresql://u:p?a=b@h/n?c=d", "postgresql://u:***@h/n?c=d"},
	{"postgresql://user:secret", "postgresql://user:***"},
	{"postgresql://user:secret/n", "postgresql://user:***"},
	{"postgresql://user:5secret", "postgresql://user:***"},
	{"postgresql://a:1,b:2/n", "postgresql://a:1,b:2/n"},
	{"postgresql://[::1]:5432/n", "postgresql://[::1]:5432/n"},
	{"postgresql://u:pw@[::1]:5432/n", "postgresql://u:***@[::1]:5432/n"},
	{"postgresql://h/n?user=u&password=pw&sslmode=require",
	 "postgresql://h/n?user=u&password=***&sslmode=require"},
	{"postgresql://h/n?sslpassword=pw&passfile=/p&sslkey=/k",
	 "postgresql://h/n?sslpassword=***&passfile=/p&sslkey=/k"},
	{"postgresql://h/n?p%61ssword=pw", "postgresql://h/n?p%61ssword=***"},
	{"redis://:pw@r:6379/0", "redis://:***@r:6379/0"},
	{"https://chat.example/x", "https://chat.example/x"},
	{"sqlite:////a/b.db", "sqlite:////a/b.db"},
	{"sqlite:////a/b:c.db", "sqlite:////a/b:c.db"},
	{"/a/b.db", "/a/b.db"},
	{"./a:b", "./a:b"},
	{"webui.db", "webui.db"},
	{"//u:pw@h/n", "***"},
	{"postgresql:/u:pw@h", "***"},
	{"u:pw", "***"},
	{"host=h password=pw dbname=n", "host=h password=*** dbname=n"},
	{"password = 'p w\\' x' host=h", "password = *** host=h"},
	{"password=a://b host=h", "password=*** host=h"},
	{" postgresql://u:pw@h/n?a=b", " ***"},
	{"://u:pw@h/n", "***"},
	{"password=p w", "password=*** ***"},
	{"password=", "password=***"},
	{"password='open", "password=***"},
	{"", ""},
};

static void masked(CLEAN)
{
	for (size_t i = 0; i < COUNT(masks); i++) {
		AUTO(memory) char *shown = url_mask(masks[i].url);
		assert_string_equal(shown, masks[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sqlite_paths),
		cmocka_unit_test(postgresql_conninfo),
		cmocka_unit_test(given_application_and_keepalives_stay),
		cmocka_unit_test(refused_with_a_hint),
		cmocka_unit_test(bare_forms),
		cmocka_unit_test(a_folder_means_the_database_in_it),
		cmocka_unit_test(bare_forms_refused),
		cmocka_unit_test(urls_from_parts),
		cmocka_unit_test(masked),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
