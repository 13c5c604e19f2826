#include "db/target.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/str.h"
#include "db/postgresql/conninfo.h"
#include "db/url.h"

#define SQLITE_HINT "write sqlite:////absolute/path/webui.db or sqlite:///relative/webui.db"

static fallible sqlite_target(const char *path, struct db_target *target)
{
	if (!*path || !strcmp(path, ":memory:"))
		return error_hint(error_new(ERR_SETTINGS, "a SQLite database in memory holds nothing to work on"),
				  SQLITE_HINT);
	*target = (struct db_target){
		.engine = DB_SQLITE, .path = text_copy(path), .display = text_format("SQLite %s", path)};
	return NULL;
}

static bool is_true(const char *word)
{
	static const char *const words[] = {"true", "yes", "on", "y", "t", "1"};
	for (size_t i = 0; word && i < COUNT(words); i++)
		if (!strcasecmp(word, words[i]))
			return true;
	return false;
}

/* With ?uri=true the path is a SQLite URI: file:/path, file:///path, file:relative. Its own parameters (mode, cache)
 * are how Open WebUI opens the file; owctl decides that for itself. */
static const char *path_of_uri(const char *path)
{
	if (!text_starts(path, "file:"))
		return path;
	path += strlen("file:");
	if (text_starts(path, "//"))
		path += 2 + strcspn(path + 2, "/");
	return path;
}

static fallible sqlite_from_url(const struct db_url *url, struct db_target *target)
{
	if (!strcmp(url->scheme, "sqlite+sqlcipher"))
		return error_hint(error_new(ERR_SETTINGS, "an encrypted SQLite database (SQLCipher) cannot be read"),
				  DB_ENCRYPTED_HINT);
	if (url->hosts || url->user)
		return error_hint(error_new(ERR_SETTINGS, "a SQLite URL has no host"),
				  "the path begins after the third slash: " SQLITE_HINT);
	const char *path = url->database ? url->database : "";
	const char *mode = db_url_parameter(url, "mode");
	if (is_true(db_url_parameter(url, "uri")))
		path = mode && !strcmp(mode, "memory") ? "" : path_of_uri(path);
	return sqlite_target(path, target);
}

static fallible target_from_url(const struct db_url *url, struct db_target *target)
{
	size_t engine = strcspn(url->scheme, "+");
	AUTO(memory) char *name = text_copy_n(url->scheme, engine);
	if (!strcmp(name, "sqlite"))
		return sqlite_from_url(url, target);
	if (!strcmp(name, "postgresql") || !strcmp(name, "postgres"))
		return conninfo_from_url(url, target);
	return error_hint(error_new(ERR_SETTINGS, "owctl does not work with %s databases", name),
			  "Open WebUI runs on SQLite (sqlite:///...) and PostgreSQL (postgresql://...)");
}

/* "key = value" at the beginning is libpq's own form; a path that looks so can be written as ./key=value. */
static bool is_pairs(const char *text)
{
	size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	return word && text[word + strspn(text + word, " ")] == '=';
}

/* "postgresql:/..." and the like: a URL with a slash too few is not the name of a file. */
static bool is_broken_url(const char *text)
{
	size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+");
	return text[word] == ':' && (text_starts(text, "postgres") || text_starts(text, "sqlite"));
}

static fallible path_target(const char *text, struct db_target *target)
{
	if (is_broken_url(text))
		return error_hint(error_new(ERR_SETTINGS, "the database URL has no \"://\" after its first word"),
				  "write sqlite:////path/to/webui.db or postgresql://user:password@host:5432/name");
	struct stat info;
	if (!*text || stat(text, &info) || !S_ISDIR(info.st_mode))
		return sqlite_target(text, target);
	AUTO(memory) char *path = text_format("%s%swebui.db", text, text[strlen(text) - 1] == '/' ? "" : "/");
	return sqlite_target(path, target);
}

fallible db_target_parse(const char *url, bool bare, struct db_target *target)
{
	if (bare && is_pairs(url))
		return conninfo_from_pairs(url, target);
	if (bare && !strstr(url, "://"))
		return path_target(url, target);
	AUTO(db_url) struct db_url parsed = {0};
	TRY(db_url_split(url, &parsed));
	return target_from_url(&parsed, target);
}

static bool given(const char *text)
{
	return text && *text;
}

char *db_url_from_parts(const char *type, const char *user, const char *password, const char *host, const char *port,
			const char *name)
{
	if (!given(type) || !(given(user) || given(password)) || !given(host) || !given(port) || !given(name))
		return NULL;
	return text_format("%s://%s%s%s@%s:%s/%s", type, user ? user : "", given(password) ? ":" : "",
			   given(password) ? password : "", host, port, name);
}

void db_target_cleanup(struct db_target *target)
{
	free(target->path);
	secret_free(target->conninfo);
	free(target->schema);
	free(target->display);
	*target = (struct db_target){0};
}
