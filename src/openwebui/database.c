#include "openwebui/database.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "openwebui/database_parts.h"

static const char *const url_name[] = {"DATABASE_URL", NULL};
static const char *const folder_name[] = {"DATA_DIR", NULL};

/* Which settings say where the database is. */
struct decision {
	const char *const *names;
	enum setting_source source; /* of several: the lowest */
	const char *lowest;         /* name of the setting that comes from there */
};

typedef enum setting_source source_of(const struct settings *settings, const char *name);

/* The set of parts; SOURCE_NONE when it is not complete: user or password are enough of the two. */
static struct decision decide_parts(const struct settings *settings, source_of *source)
{
	struct decision parts = {database_part_names, SOURCE_FLAG, NULL};
	bool account = false;
	for (size_t i = 0; database_part_names[i]; i++) {
		bool of_account = database_part_is_of_account(database_part_names[i]);
		enum setting_source found = source(settings, database_part_names[i]);
		account = account || (of_account && found != SOURCE_NONE);
		if (found == SOURCE_NONE && of_account)
			continue;
		if (found <= parts.source) {
			parts.source = found;
			parts.lowest = database_part_names[i];
		}
	}
	if (!account)
		parts.source = SOURCE_NONE;
	return parts;
}

static struct decision decide(const struct settings *settings, source_of *source)
{
	struct decision url = {url_name, source(settings, "DATABASE_URL"), "DATABASE_URL"};
	struct decision folder = {folder_name, source(settings, "DATA_DIR"), "DATA_DIR"};
	if (url.source == SOURCE_FLAG)
		return url;
	/* Who types --data-dir means that folder, whatever DATABASE_URL the environment has: not the wrong database. */
	if (folder.source == SOURCE_FLAG)
		return folder;
	struct decision parts = decide_parts(settings, source);
	if (parts.source != SOURCE_NONE && parts.source >= url.source)
		return parts;
	return url.source == SOURCE_NONE ? folder : url;
}

bool database_is_named(const struct settings *settings)
{
	const struct decision decision = decide(settings, settings_source);
	AUTO(memory) char *missing = database_parts_missing(settings, SOURCE_NONE);
	return decision.names != folder_name || decision.source != SOURCE_NONE || missing;
}

static fallible no_database(const struct settings *settings)
{
	struct error *error = error_new(ERR_SETTINGS, "no database is given");
	AUTO(memory) char *missing = database_parts_missing(settings, SOURCE_NONE);
	if (missing)
		return error_hint(error, "%s, and Open WebUI uses the parts of a URL together or not at all: give all "
					 "of them, or DATABASE_URL, or DATA_DIR",
				  missing);
	return error_hint(error, "use --database, or set DATABASE_URL or DATA_DIR, or add a profile (owctl profile "
				 "add); no webui.db is in " SETTINGS_IMAGE_FOLDER ", where Open WebUI's image has it");
}

static fallible sqlite_in_data_dir(struct settings *settings, struct db_target *target)
{
	const char *folder = NULL, *type = NULL;
	TRY(settings_get(settings, "DATA_DIR", &folder));
	TRY(settings_get(settings, "DATABASE_TYPE", &type));
	if (!folder)
		return no_database(settings);
	bool encrypted = text_equal(type, "sqlite+sqlcipher");
	AUTO(memory) char *url = text_format("%s:///%s/webui.db", encrypted ? type : "sqlite", folder);
	return error_wrap(db_target_parse(url, false, target), "DATA_DIR (%s)", settings_origin(settings, "DATA_DIR"));
}

static void warn_of_typed_password(struct settings *settings, const struct db_target *target)
{
	if (target->password == DB_PASSWORD_GIVEN)
		settings_warn(settings,
			      "the password in --database could be seen in the list of processes, and may stay in the "
			      "shell's history; give the URL as DATABASE_URL, DATABASE_URL_FILE or in a profile, or "
			      "the password in ~/.pgpass");
}

static fallible from_url(struct settings *settings, bool typed, struct db_target *target)
{
	const char *url = NULL;
	TRY(settings_get(settings, "DATABASE_URL", &url));
	const char *origin = settings_origin(settings, "DATABASE_URL");
	struct error *error = db_target_parse(url, typed, target);
	if (!error && typed)
		warn_of_typed_password(settings, target);
	return typed ? error_wrap(error, "%s", origin) : error_wrap(error, "DATABASE_URL (%s)", origin);
}

/* ---- what is typed, and does not decide ---- */

/* The setting of the environment that takes the decision out of the hands of what lies beneath, or NULL. */
static const char *overruling(const struct settings *settings, const struct decision *now,
			      const struct decision *beneath)
{
	for (size_t i = 0; now->names[i]; i++) {
		if (now->names != beneath->names && settings_source(settings, now->names[i]) == SOURCE_ENVIRONMENT)
			return now->names[i];
		if (now->names == beneath->names && settings_replaced(settings, now->names[i]))
			return now->names[i];
	}
	return NULL;
}

/* Environment and env file agree where one was loaded from the other. */
static void warn_of_overruled(struct settings *settings, const struct decision *now)
{
	const struct decision beneath = decide(settings, settings_source_beneath);
	const char *typed = settings_typed(settings, beneath.source);
	const char *name = typed && now->source != SOURCE_FLAG ? overruling(settings, now, &beneath) : NULL;
	if (name)
		settings_warn(settings,
			      "%s does not decide which database this is: %s (%s) does; unset it, or type --database",
			      typed, name, settings_origin(settings, name));
	/* A folder says less than a URL, also where that comes from further down. */
	typed = settings_typed(settings, SOURCE_ENV_FILE);
	if (typed && now->source == SOURCE_PROFILE && settings_source(settings, "DATA_DIR") == SOURCE_ENV_FILE)
		settings_warn(settings,
			      "%s does not decide which database this is: %s (%s) does; leave the profile out, or type "
			      "--database",
			      typed, now->lowest, settings_origin(settings, now->lowest));
}

/* Open WebUI says nothing, and works on another database than the parts name. A URL beside them is as good as what was
 * meant. */
static fallible warn_of_unused_parts(struct settings *settings, const struct decision *now)
{
	bool none = now->names == folder_name && now->source == SOURCE_NONE; /* an error that says it */
	if (now->names == database_part_names || now->source == SOURCE_FLAG || none)
		return NULL;
	AUTO(memory) char *missing =
		database_parts_missing(settings, now->names == url_name ? now->source : SOURCE_NONE);
	const char *type;
	TRY(settings_get(settings, "DATABASE_TYPE", &type));
	/* That one counts without the others, beside a folder. */
	if (missing && !text_equal(type, "sqlite+sqlcipher"))
		settings_warn(settings, "%s: Open WebUI then uses none of these parts, and neither does owctl",
			      missing);
	return NULL;
}

const char *database_profile(const struct settings *settings)
{
	return decide(settings, settings_source).source == SOURCE_PROFILE ? settings_profile(settings) : NULL;
}

/* ---- the target ---- */

/* A token lives for a quarter of an hour, so it can't be among the settings: it comes as libpq's password. */
static fallible check_token(struct settings *settings, const struct db_target *target)
{
	const char *enabled;
	TRY(settings_get(settings, "DATABASE_ENABLE_IAM_TOKEN_AUTH", &enabled));
	if (target->password == DB_TAKES_NO_PASSWORD || !enabled || strcasecmp(enabled, "true") != 0 ||
	    getenv("PGPASSWORD"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS,
				    "DATABASE_ENABLE_IAM_TOKEN_AUTH (%s) is set, and owctl can't sign tokens",
				    settings_origin(settings, "DATABASE_ENABLE_IAM_TOKEN_AUTH")),
			  "PGPASSWORD=\"$(aws rds generate-db-auth-token ..)\" owctl ..");
}

fallible database_target(struct settings *settings, struct db_target *target)
{
	const char *schema = NULL;
	TRY(settings_get(settings, "DATABASE_SCHEMA", &schema));
	const struct decision decision = decide(settings, settings_source);
	warn_of_overruled(settings, &decision);
	TRY(warn_of_unused_parts(settings, &decision));
	if (decision.names == url_name)
		TRY(from_url(settings, decision.source == SOURCE_FLAG, target));
	else if (decision.names == database_part_names)
		TRY(database_from_parts(settings, decision.lowest, target));
	else
		TRY(sqlite_in_data_dir(settings, target));
	target->schema = text_copy(schema);
	return check_token(settings, target);
}

/* ---- the URL ---- */

static fallible sqlite_url(const char *file, char **url)
{
	if (strchr(file, '?'))
		return error_hint(error_new(ERR_SETTINGS, "%s can't stand in a URL: a ? ends the path there", file),
				  "rename it");
	*url = text_format("sqlite:///%s", file);
	return NULL;
}

fallible database_url(struct settings *settings, const char *file, char **url)
{
	const char *given;
	if (file)
		return sqlite_url(file, url);
	if (decide(settings, settings_source).names == database_part_names)
		return database_parts_url(settings, url);
	TRY(settings_get(settings, "DATABASE_URL", &given));
	if (!given || !strstr(given, "://"))
		return error_hint(error_new(ERR_SETTINGS, "Open WebUI does not take libpq's key=value pairs"),
				  "give the database as postgresql://user@host:5432/name");
	*url = text_copy(given);
	return NULL;
}
