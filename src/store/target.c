/* Locations: which kind, and what they say. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/name.h"
#include "store/store.h"
#include "store/target.h"

#define FORMS                                                                                                 \
	"give a folder (/srv/backups, file:///srv/backups), a bucket (s3://bucket/prefix?endpoint=https://host" \
	"&region=.., gs://bucket/prefix), a container (azure://account/container/prefix), or a folder of "    \
	"another machine (sftp://user@host/srv/backups)"

fallible store_location_bad(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	return error_hint(error_new(ERR_SETTINGS, "%s", text), FORMS);
}

fallible store_location_decode(const char *text, size_t size, char **decoded)
{
	AUTO(str) struct str plain = {0};
	if (!percent_decode(&plain, text, size))
		return store_location_bad("the location has a %% without two digits, or bytes that are not UTF-8");
	*decoded = str_take(&plain);
	return NULL;
}

/* Without "." and empty parts; ".." stays, since what is before it may be a link. */
static char *tidy(const char *path)
{
	struct str tidied = {0};
	for (const char *part = path; *part; part += *part == '/') {
		size_t size = strcspn(part, "/");
		if (size && !(size == 1 && *part == '.')) {
			str_add_char(&tidied, '/');
			str_add_n(&tidied, part, size);
		}
		part += size;
	}
	if (!tidied.size)
		str_add_char(&tidied, '/');
	return str_take(&tidied);
}

static fallible folder_target(const char *path, struct store_target *target)
{
	if (!*path)
		return store_location_bad("the location is empty");
	AUTO(memory) char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	if (*path != '/' && !here)
		return error_hint(error_new(ERR_SETTINGS, "the current folder is gone"), "give an absolute path");
	AUTO(memory) char *whole = here ? text_format("%s/%s", here, path) : text_copy(path);
	target->kind = STORE_FOLDER;
	target->folder = tidy(whole);
	target->display = text_copy(target->folder);
	return NULL;
}

/* file:///path or file://localhost/path */
static fallible file_target(const char *rest, struct store_target *target)
{
	size_t host = strcspn(rest, "/");
	if (!rest[host] || (host && strncmp(rest, "localhost", host) != 0))
		return store_location_bad("a file:// location needs an absolute path: file:///srv/backups");
	AUTO(memory) char *path = NULL;
	TRY(store_location_decode(rest + host, strlen(rest + host), &path));
	return folder_target(path, target);
}

#define COLON                                                                                                 \
	"the location has a \":\" before its first \"/\", as those of other tools do; a folder of that name is " \
	"given as ./NAME"

/* "s3:https://host/bucket", "user@host:/srv": a folder that was made here of this name would be taken for the place
 * that other tools mean by it. */
static bool names_elsewhere(const char *location)
{
	return location[strcspn(location, "/:")] == ':';
}

static fallible parse(const char *location, struct store_target *target)
{
	const char *colon = strstr(location, "://");
	size_t scheme = strspn(location, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
	if (!colon || location + scheme != colon)
		return names_elsewhere(location) ? store_location_bad(COLON) : folder_target(location, target);
	AUTO(memory) char *name = text_copy_n(location, scheme);
	if (!strcmp(name, "file"))
		return file_target(colon + 3, target);
	if (!strcmp(name, "s3"))
		return store_s3_target(colon + 3, target);
	if (!strcmp(name, "azure"))
		return store_azure_target(colon + 3, target);
	if (!strcmp(name, "gs"))
		return store_gs_target(colon + 3, target);
	if (!strcmp(name, "sftp"))
		return store_sftp_target(colon + 3, target);
	return store_location_bad("owctl does not know how to keep anything at %s://", name);
}

fallible store_target_parse(const char *location, struct store_target *target)
{
	struct store_target parsed = {0};
	struct error *error = parse(location, &parsed);
	if (error)
		store_target_cleanup(&parsed);
	else
		*target = parsed;
	return error;
}

void store_target_cleanup(struct store_target *target)
{
	char *texts[] = {target->folder,	target->bucket,	       target->prefix,	     target->endpoint,
			 target->region,	target->ca_file,       target->storage_class, target->encryption,
			 target->encryption_key, target->user,	       target->host,	     target->identity_file,
			 target->known_hosts,	target->config_file,   target->account,	target->display};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	*target = (struct store_target){0};
}

/* ---- one inside of another ---- */

/* Both without "/" at their ends. */
static bool is_below(const char *outer, const char *inner)
{
	size_t size = strlen(outer);
	return text_starts(inner, outer) && (!size || !inner[size] || inner[size] == '/');
}

static bool has_folder(const char *outer, const char *inner)
{
	AUTO(memory) char *outer_path = realpath(outer, NULL);
	AUTO(memory) char *inner_path = realpath(inner, NULL);
	outer = outer_path ? outer_path : outer;
	return is_below(strcmp(outer, "/") ? outer : "", inner_path ? inner_path : inner);
}

bool store_target_has(const struct store_target *outer, const struct store_target *inner)
{
	if (outer->kind != inner->kind || outer->kind == STORE_SFTP)
		return false;
	if (outer->kind == STORE_FOLDER)
		return has_folder(outer->folder, inner->folder);
	return text_equal(outer->account, inner->account) && text_equal(outer->bucket, inner->bucket) &&
	       text_equal(outer->endpoint, inner->endpoint) && is_below(outer->prefix, inner->prefix);
}
