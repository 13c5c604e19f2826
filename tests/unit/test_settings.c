/* Where settings come from, and which database comes of them. */
#include <fcntl.h>
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

#include "base/clock.h"
#include "base/memory.h"
#include "base/str.h"
#include "openwebui/database.h"
#include "settings/settings.h"

#define CLEAN __attribute__((unused)) void **state

/* A scratch folder that is HOME as well; "@/x" in texts is a path in it. */
static char folder[64];

static int make_folder(CLEAN)
{
	strcpy(folder, "/tmp/owctl-test-settings-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(CLEAN)
{
	AUTO(memory) char *command = text_format("rm -r %s", folder);
	return system(command);
}

static char *at_folder(const char *text)
{
	struct str out = {0};
	for (; text && *text; text++)
		text[0] == '@' && text[1] == '/' ? str_add(&out, folder) : str_add_char(&out, *text);
	return str_take(&out);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	AUTO(memory) char *path = text_format("%s/%s", folder, name);
	AUTO(memory) char *real = at_folder(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, real, strlen(real)), (ssize_t)strlen(real));
	fchmod(fd, mode);
	close(fd);
}

struct layers {
	const char *environment[8]; /* "NAME=VALUE"; HOME is there besides */
	const char *env_file, *profiles; /* their text */
	const char *profile, *database, *data_dir, *image_folder;
};

static fallible load(const struct layers *layers, struct settings **settings)
{
	AUTO(strings) struct strings environment = {0};
	strings_add_taken(&environment, text_format("HOME=%s", folder));
	strings_add_taken(&environment, text_format("OWCTL_CONFIG=%s/config.yaml", folder));
	for (size_t i = 0; i < COUNT(layers->environment) && layers->environment[i]; i++)
		strings_add_taken(&environment, at_folder(layers->environment[i]));
	if (layers->env_file)
		write_file("x.env", layers->env_file, 0600);
	write_file("config.yaml", layers->profiles ? layers->profiles : "", 0600);
	AUTO(memory) char *env_path = at_folder("@/x.env");
	const struct settings_request request = {
		.profile = layers->profile,
		.env_file = layers->env_file ? env_path : NULL,
		.database = layers->database,
		.data_dir = layers->data_dir,
		.image_folder = layers->image_folder,
		.environment = environment.items,
	};
	return settings_load(&request, settings);
}

#define PROFILE(settings) "default: p\nprofiles:\n  p:\n    settings:\n" settings

static const struct {
	struct layers layers;
	const char *name, *value, *origin, *masked;
	enum setting_source source;
} values[] = {
	{{.profiles = ""}, "DATA_DIR", NULL, "", NULL, SOURCE_NONE},
	{{.profiles = ""}, "REDIS_KEY_PREFIX", "open-webui", "default", "open-webui", SOURCE_DEFAULT},
	{{.profiles = PROFILE("      DATA_DIR: /p\n")}, "DATA_DIR", "/p", "profile p, @/config.yaml:5:7", "/p",
	 SOURCE_PROFILE},
	{{.profiles = PROFILE("      DATA_DIR: /p\n"), .env_file = "\nDATA_DIR=/e"}, "DATA_DIR", "/e", "@/x.env:2",
	 "/e", SOURCE_ENV_FILE},
	{{.environment = {"DATA_DIR=/v"}, .env_file = "DATA_DIR=/e"}, "DATA_DIR", "/v", "environment", "/v",
	 SOURCE_ENVIRONMENT},
	{{.environment = {"DATA_DIR=/v"}, .data_dir = "/f"}, "DATA_DIR", "/f", "--data-dir", "/f", SOURCE_FLAG},
	/* empty counts as unset, in every layer */
	{{.environment = {"DATA_DIR="}, .env_file = "DATA_DIR=\n"}, "DATA_DIR", NULL, "", NULL, SOURCE_NONE},
	{{.environment = {"DATA_DIR="}, .env_file = "DATA_DIR=/e\n"}, "DATA_DIR", "/e", "@/x.env:1", "/e",
	 SOURCE_ENV_FILE},
	{{.env_file = "DATA_DIR=/1\nDATA_DIR=/2"}, "DATA_DIR", "/2", "@/x.env:2", "/2", SOURCE_ENV_FILE},
	{{.environment = {"DATA_DIR_=/x", "XDATA_DIR=/x"}}, "DATA_DIR", NULL, "", NULL, SOURCE_NONE},
	/* secrets in files */
	{{.environment = {"WEBUI_SECRET_KEY_FILE=@/secret"}}, "WEBUI_SECRET_KEY", "s3cret",
	 "environment, WEBUI_SECRET_KEY_FILE=@/secret", "***", SOURCE_ENVIRONMENT},
	{{.env_file = "DATABASE_PASSWORD_FILE=@/secret"}, "DATABASE_PASSWORD", "s3cret",
	 "@/x.env:1, DATABASE_PASSWORD_FILE=@/secret", "***", SOURCE_ENV_FILE},
	{{.environment = {"WEBUI_SECRET_KEY_FILE=@/secret"}, .env_file = "WEBUI_SECRET_KEY=x"}, "WEBUI_SECRET_KEY",
	 "s3cret", "environment, WEBUI_SECRET_KEY_FILE=@/secret", "***", SOURCE_ENVIRONMENT},
	{{.environment = {"DATA_DIR_FILE=@/secret"}}, "DATA_DIR", NULL, "", NULL, SOURCE_NONE},
	/* profiles */
	{{.environment = {"OWCTL_PROFILE=q"}, .profiles = "profiles: {p: , q: {settings: {DATA_DIR: 1}}}"}, "DATA_DIR",
	 "1", "profile q, @/config.yaml:1:32", "1", SOURCE_PROFILE},
	{{.profile = "p", .environment = {"OWCTL_PROFILE=none"},
	  .profiles = "profiles: {p: {settings: {DATA_DIR: a}}}"},
	 "DATA_DIR", "a", "profile p, @/config.yaml:1:27", "a", SOURCE_PROFILE},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {file: secret}\n")}, "WEBUI_SECRET_KEY", "s3cret",
	 "profile p, @/config.yaml:5:7", "***", SOURCE_PROFILE},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {file: ~/secret}\n")}, "WEBUI_SECRET_KEY", "s3cret",
	 "profile p, @/config.yaml:5:7", "***", SOURCE_PROFILE},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {env: MINE}\n"), .environment = {"MINE=here"}},
	 "WEBUI_SECRET_KEY", "here", "profile p, @/config.yaml:5:7", "***", SOURCE_PROFILE},
	{{.profiles = PROFILE("      DATABASE_URL: {command: [printf, 'postgresql://%s\\n\\n', 'u:p@h']}\n")},
	 "DATABASE_URL", "postgresql://u:p@h", "profile p, @/config.yaml:5:7", "postgresql://u:***@h", SOURCE_PROFILE},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: 'cat; echo $((1 + 2))'}\n")}, "WEBUI_SECRET_KEY", "3",
	 "profile p, @/config.yaml:5:7", "***", SOURCE_PROFILE},
	{{.profiles = "default: p\nprofiles: {p: {env-file: p.env, settings: {DATA_DIR: /over}}}"}, "DATA_DIR", "/over",
	 "profile p, @/config.yaml:2:44", "/over", SOURCE_PROFILE},
	{{.profiles = "default: p\nprofiles: {p: {env-file: p.env}}"}, "WEBUI_URL", "http://p", "@/p.env:2", "http://p",
	 SOURCE_PROFILE},
};

static void effective_values(CLEAN)
{
	write_file("secret", "s3cret\r\n", 0600);
	write_file("p.env", "DATA_DIR=/p\nWEBUI_URL=http://p\nOWCTL_PROFILE=z", 0600);
	for (size_t i = 0; i < COUNT(values); i++) {
		AUTO(settings) struct settings *settings = NULL;
		AUTO(error) struct error *error = load(&values[i].layers, &settings);
		assert_null(error);
		const char *name = values[i].name, *value = NULL;
		assert_null(settings_get(settings, name, &value));
		AUTO(memory) char *origin = at_folder(values[i].origin);
		AUTO(memory) char *masked = NULL;
		assert_null(settings_masked(settings, name, &masked));
		if (!text_equal(value, values[i].value))
			fail_msg("%zu: %s, not %s", i, value ? value : "unset",
				 values[i].value ? values[i].value : "unset");
		assert_string_equal(settings_origin(settings, name), origin);
		assert_true(text_equal(masked, values[i].masked));
		assert_int_equal(settings_source(settings, name), values[i].source);
	}
}

static void profile_in_force(CLEAN)
{
	AUTO(settings) struct settings *none = NULL, *one = NULL;
	assert_null(load(&(struct layers){.profiles = ""}, &none));
	assert_null(settings_profile(none));
	assert_null(load(&(struct layers){.profiles = "profiles: {a: {}}", .profile = "a"}, &one));
	assert_string_equal(settings_profile(one), "a");
}

/* ---- what is refused ---- */

static const struct {
	struct layers layers;
	const char *name; /* asked for, when loading works */
	enum error_code code;
	const char *message, *hint;
} wrong[] = {
	{{.environment = {"DATABASE_URL=a", "DATABASE_URL_FILE=b"}}, NULL, ERR_SETTINGS,
	 "DATABASE_URL (environment) and DATABASE_URL_FILE (environment) are both set", "unset one of them"},
	{{.env_file = "WEBUI_SECRET_KEY=a\n\nWEBUI_SECRET_KEY_FILE=b"}, NULL, ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (@/x.env:1) and WEBUI_SECRET_KEY_FILE (@/x.env:3) are both set", "unset one of them"},
	{{.env_file = "A=1\nB"  "=\"x\n"}, NULL, ERR_SETTINGS,
	 "cannot use the env file: @/x.env:2: the quote that opens the value is never closed", "close it"},
	{{.environment = {"WEBUI_SECRET_KEY_FILE=@/none"}}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (environment, WEBUI_SECRET_KEY_FILE=@/none): cannot open @/none: No such file or directory",
	 "check the path"},
	{{.environment = {"WEBUI_SECRET_KEY_FILE=@/empty"}}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (environment, WEBUI_SECRET_KEY_FILE=@/empty): the value is empty", NULL},
	{{.environment = {"WEBUI_SECRET_KEY=\xff"}}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (environment): the value is not UTF-8", NULL},
	{{.profiles = ""}, "NO_SUCH_THING", ERR_FAILED, "NO_SUCH_THING is not among the known settings", NULL},
	{{.profile = "x", .profiles = "profiles: {a: {}, b: {}}"}, NULL, ERR_SETTINGS,
	 "there is no profile \"x\" in @/config.yaml", "known profiles are: a, b"},
	{{.environment = {"OWCTL_PROFILE=x"}}, NULL, ERR_SETTINGS, "there is no profile \"x\" in @/config.yaml",
	 "owctl profile add x"},
	{{.profiles = "default: x"}, NULL, ERR_SETTINGS, "there is no profile \"x\" in @/config.yaml", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {env: MINE}\n")}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): the variable MINE is not set", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: 'echo s3cret; exit 3'}\n")}, "WEBUI_SECRET_KEY",
	 ERR_SETTINGS, "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): /bin/sh failed with exit status 3", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: 'kill -9 $$'}\n")}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): /bin/sh was ended by signal 9", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: [/no/such]}\n")}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): cannot run /no/such: No such file or directory", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: 'yes'}\n")}, "WEBUI_SECRET_KEY", ERR_SETTINGS,
	 "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): /bin/sh prints more than 65535 bytes", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {command: \"printf 'a\\\\0b'\"}\n")}, "WEBUI_SECRET_KEY",
	 ERR_SETTINGS, "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): /bin/sh prints a NUL byte", NULL},
	{{.profiles = PROFILE("      WEBUI_SECRET_KEY: {file: public}\n")}, "WEBUI_SECRET_KEY", ERR_PERMISSION,
	 "WEBUI_SECRET_KEY (profile p, @/config.yaml:5:7): @/public holds a secret and is readable by everybody",
	 "chmod o-r"},
	{{.profiles = "default: p\nprofiles: {p: {env-file: none.env}}"}, NULL, ERR_SETTINGS,
	 "profile p, @/config.yaml:2:12: cannot use the env file: cannot open @/none.env: No such file or directory",
	 "check the path"},
};

static void refused_with_place(CLEAN)
{
	write_file("empty", "\n", 0600);
	write_file("public", "x\n", 0644);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(settings) struct settings *settings = NULL;
		const char *value = NULL;
		AUTO(error) struct error *error = load(&wrong[i].layers, &settings);
		if (wrong[i].name && !error)
			error = settings_get(settings, wrong[i].name, &value);
		assert_non_null(error);
		AUTO(memory) char *text = error_text(error);
		AUTO(memory) char *expected = at_folder(wrong[i].message);
		assert_string_equal(text, expected);
		assert_int_equal(error->code, wrong[i].code);
		const char *hint = error_hint_text(error);
		if (wrong[i].hint)
			assert_non_null(strstr(hint ? hint : "", wrong[i].hint));
	}
}

static void a_command_has_ten_seconds(CLEAN)
{
	AUTO(settings) struct settings *settings = NULL;
	const struct settings_request request = {.environment = (char *[]){text_format("HOME=%s", folder), NULL}};
	AUTO(memory) char *owned = request.environment[0];
	write_file("config.yaml", "", 0600);
	(void)owned;
	AUTO(memory) char *path = at_folder("@/.config/owctl");
	AUTO(memory) char *make = text_format("mkdir -p %s", path);
	assert_int_equal(system(make), 0);
	write_file(".config/owctl/config.yaml", PROFILE("      WEBUI_SECRET_KEY: {command: 'sleep 60 & sleep 60'}\n"),
		   0600);
	assert_null(settings_load(&request, &settings));
	int64_t before = clock_monotonic_ms();
	const char *value;
	AUTO(error) struct error *error = settings_get(settings, "WEBUI_SECRET_KEY", &value);
	int64_t taken = clock_monotonic_ms() - before;
	assert_non_null(error);
	AUTO(memory) char *text = error_text(error);
	assert_non_null(strstr(text, "/bin/sh did not finish within 10 s"));
	assert_true(taken >= 10000 && taken < 15000);
}

/* ---- which database ---- */

#define PARTS "DATABASE_TYPE=postgresql", "DATABASE_USER=u", "DATABASE_HOST=h", "DATABASE_PORT=1", "DATABASE_NAME=n"
#define PARTS_IN_FILE "DATABASE_TYPE=postgresql\nDATABASE_USER=u\nDATABASE_HOST=h\nDATABASE_PORT=1\nDATABASE_NAME=n\n"

static const struct {
	struct layers layers;
	const char *display, *schema;
} databases[] = {
	{{.environment = {"DATA_DIR=/srv/chat"}}, "SQLite /srv/chat/webui.db", NULL},
	{{.environment = {"DATA_DIR=rel"}}, "SQLite rel/webui.db", NULL},
	{{.environment = {"DATA_DIR=/x", "DATABASE_URL=sqlite:////y.db"}}, "SQLite /y.db", NULL},
	{{.environment = {"DATABASE_URL=sqlite:////y.db"}, .data_dir = "/x"}, "SQLite /x/webui.db", NULL},
	{{.environment = {"DATABASE_URL=sqlite:////y.db"}, .database = "/z.db"}, "SQLite /z.db", NULL},
	{{.environment = {PARTS}}, "PostgreSQL u@h:1/n", NULL},
	/* one source: the parts win, as in Open WebUI */
	{{.environment = {PARTS, "DATABASE_URL=sqlite:////y.db"}}, "PostgreSQL u@h:1/n", NULL},
	{{.env_file = PARTS_IN_FILE "DATABASE_URL=sqlite:////y.db"}, "PostgreSQL u@h:1/n", NULL},
	/* another source: the higher one wins */
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_URL=sqlite:////y.db"}}, "SQLite /y.db", NULL},
	{{.env_file = "DATABASE_URL=sqlite:////y.db", .environment = {PARTS}}, "PostgreSQL u@h:1/n", NULL},
	{{.environment = {PARTS}, .database = "/z.db"}, "SQLite /z.db", NULL},
	/* a part alone in a higher source does not lift the rest above a URL there */
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_URL=sqlite:////y.db", "DATABASE_PASSWORD=p"}},
	 "SQLite /y.db", NULL},
	/* an incomplete set counts for nothing */
	{{.environment = {"DATABASE_TYPE=postgresql", "DATABASE_HOST=h", "DATA_DIR=/x"}}, "SQLite /x/webui.db", NULL},
	{{.environment = {"DATABASE_TYPE=postgresql", "DATABASE_HOST=h", "DATABASE_PORT=1", "DATABASE_NAME=n",
			  "DATA_DIR=/x"}},
	 "SQLite /x/webui.db", NULL},
	{{.environment = {"DATABASE_URL=postgresql://h/n", "DATABASE_SCHEMA=chat"}}, "PostgreSQL h/n", "chat"},
	{{.environment = {"DATABASE_URL=sqlite:///y.db", "DATABASE_SCHEMA=chat"}}, "SQLite y.db", "chat"},
};

static void database_found(CLEAN)
{
	for (size_t i = 0; i < COUNT(databases); i++) {
		AUTO(settings) struct settings *settings = NULL;
		AUTO(db_target) struct db_target target = {0};
		assert_null(load(&databases[i].layers, &settings));
		AUTO(error) struct error *error = database_target(settings, &target);
		assert_null(error);
		assert_string_equal(target.display, databases[i].display);
		assert_true(text_equal(target.schema, databases[i].schema));
	}
}

/* Open WebUI's own default is a folder of its image; elsewhere nothing is guessed. */
static void database_of_the_image(CLEAN)
{
	write_file("webui.db", "", 0600);
	const struct layers inside = {.image_folder = folder}, outside = {.image_folder = "/no/such/folder"};
	const struct layers told = {.image_folder = folder, .environment = {"DATA_DIR=/x"}};
	const struct {
		const struct layers *layers;
		const char *folder, *origin;
	} cases[] = {{&inside, folder, "default: the image's folder"}, {&outside, NULL, ""},
		     {&told, "/x", "environment"}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(settings) struct settings *settings = NULL;
		const char *found;
		assert_null(load(cases[i].layers, &settings));
		assert_null(settings_get(settings, "DATA_DIR", &found));
		assert_true(text_equal(found, cases[i].folder));
		assert_string_equal(settings_origin(settings, "DATA_DIR"), cases[i].origin);
	}
}

static const struct {
	struct layers layers;
	const char *message, *hint;
} no_databases[] = {
	{{.profiles = ""}, "no database is given", "no webui.db is in /app/backend/data"},
	{{.env_file = "\n\nDATABASE_URL=mysql://u:pw@h/n"},
	 "DATABASE_URL (@/x.env:3): owctl does not work with mysql databases", "Open WebUI runs on SQLite"},
	{{.environment = {"DATABASE_URL=/webui.db"}}, "DATABASE_URL (environment): this is not a database URL",
	 "write"},
	{{.database = "postgresql://h:x"}, "--database: the port in the database URL is not a number", NULL},
	{{.env_file = PARTS_IN_FILE "DATABASE_PASSWORD=p@w"},
	 "DATABASE_PASSWORD (@/x.env:6): a character in it ends it in a URL", "percent-encode it: @ as %40"},
	{{.environment = {"DATABASE_USER=a/b", PARTS}},
	 "DATABASE_USER (environment): a character in it ends it in a URL", "/ as %2F"},
	{{.environment = {"DATABASE_USER=a:b", PARTS, "DATABASE_PASSWORD=p"}},
	 "DATABASE_USER (environment): a character in it ends it in a URL", ": as %3A"},
	{{.environment = {"DATABASE_HOST=/run/postgresql", PARTS}},
	 "DATABASE_HOST (environment): a character in it ends it in a URL", "a name or an address alone"},
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_PORT=five"}},
	 "DATABASE_PORT (environment): the port in the database URL is not a number", "a number from 1 to 65535; "},
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_TYPE=bogus"}},
	 "DATABASE_TYPE (environment): owctl does not work with bogus databases", "write postgresql; a SQLite file"},
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_TYPE=sqlite"}},
	 "DATABASE_TYPE (environment): a SQLite URL has no host", "write postgresql; a SQLite file"},
	{{.env_file = PARTS_IN_FILE "DATABASE_NAME=n?hots=h\n"},
	 "DATABASE_NAME (@/x.env:6): libpq does not know the parameter", "check its spelling"},
	{{.env_file = PARTS_IN_FILE, .environment = {"DATABASE_TYPE=bogus", "DATABASE_PORT=five"}},
	 "DATABASE_TYPE, _USER, _PASSWORD, _HOST, _PORT, _NAME (@/x.env:5): owctl does not work with bogus", NULL},
	{{.env_file = "DATABASE_TYPE=postgresql\nDATABASE_NAME=n\n"}, "no database is given",
	 "DATABASE_TYPE (@/x.env:1) is set, but DATABASE_USER, DATABASE_HOST, DATABASE_PORT are not, and Open WebUI"},
	{{.environment = {"DATABASE_TYPE=sqlite+sqlcipher", "DATA_DIR=/x"}},
	 "DATA_DIR (environment): an encrypted SQLite database (SQLCipher) cannot be read", "plain copy"},
};

static void no_database(CLEAN)
{
	for (size_t i = 0; i < COUNT(no_databases); i++) {
		AUTO(settings) struct settings *settings = NULL;
		AUTO(db_target) struct db_target target = {0};
		assert_null(load(&no_databases[i].layers, &settings));
		AUTO(error) struct error *error = database_target(settings, &target);
		if (!error)
			fail_msg("%zu: found %s", i, target.display);
		assert_int_equal(error->code, ERR_SETTINGS);
		AUTO(memory) char *text = error_text(error);
		AUTO(memory) char *expected = at_folder(no_databases[i].message);
		assert_int_equal(strncmp(text, expected, strlen(expected)), 0);
		assert_null(strstr(text, "pw"));
		AUTO(memory) char *hint = at_folder(no_databases[i].hint ? no_databases[i].hint : "");
		assert_non_null(strstr(error_hint_text(error), hint));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effective_values),
		cmocka_unit_test(profile_in_force),
		cmocka_unit_test(refused_with_place),
		cmocka_unit_test(a_command_has_ten_seconds),
		cmocka_unit_test(database_found),
		cmocka_unit_test(database_of_the_image),
		cmocka_unit_test(no_database),
	};
	return cmocka_run_group_tests_name("settings", tests, make_folder, remove_folder);
}
