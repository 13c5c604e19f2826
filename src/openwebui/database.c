#include "openwebui/database.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Where Open WebUI would find its URL in parts; `url` is NULL when the set is not complete. */
struct parts {
	char *url;
	enum setting_source source; /* the lowest of the parts' */
	const char *origin;
};

static const char *const part_names[] = {"DATABASE_TYPE", "DATABASE_USER", "DATABASE_PASSWORD",
					 "DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME"};

static void parts_cleanup(struct parts *parts)
{
	secret_free(parts->url);
}

static fallible read_parts(struct settings *settings, struct parts *parts)
{
	const char *values[COUNT(part_names)] = {0};
	parts->source = SOURCE_FLAG;
	for (size_t i = 0; i < COUNT(part_names); i++)
		if (settings_source(settings, part_names[i]) == SOURCE_NONE && i != 1 && i != 2)
			return NULL; /* not complete: spare a command that would be run for the password */
	for (size_t i = 0; i < COUNT(part_names); i++) {
		TRY(settings_get(settings, part_names[i], &values[i]));
		enum setting_source source = settings_source(settings, part_names[i]);
		if (values[i] && source <= parts->source) {
			parts->source = source;
			parts->origin = settings_origin(settings, part_names[i]);
		}
	}
	parts->url = db_url_from_parts(values[0], values[1], values[2], values[3], values[4], values[5]);
	return NULL;
}

static fallible sqlite_in_data_dir(struct settings *settings, struct db_target *target)
{
	const char *folder = NULL, *type = NULL;
	TRY(settings_get(settings, "DATA_DIR", &folder));
	TRY(settings_get(settings, "DATABASE_TYPE", &type));
	if (!folder)
		return error_hint(error_new(ERR_SETTINGS, "no database is given"),
				  "use --database, or set DATABASE_URL or DATA_DIR, or add a profile "
				  "(owctl profile add)");
	bool encrypted = text_equal(type, "sqlite+sqlcipher");
	AUTO(memory) char *url = text_format("%s:///%s/webui.db", encrypted ? type : "sqlite", folder);
	return error_wrap(db_target_parse(url, false, target), "DATA_DIR (%s)", settings_origin(settings, "DATA_DIR"));
}

static fallible find(struct settings *settings, struct db_target *target)
{
	AUTO(parts) struct parts parts = {0};
	enum setting_source source = settings_source(settings, "DATABASE_URL");
	/* Who types --data-dir means that folder, whatever DATABASE_URL the environment has: not the wrong database. */
	if (source != SOURCE_FLAG && settings_source(settings, "DATA_DIR") == SOURCE_FLAG)
		return sqlite_in_data_dir(settings, target);
	if (source != SOURCE_FLAG)
		TRY(read_parts(settings, &parts));
	if (parts.url && parts.source >= source)
		return error_wrap(db_target_parse(parts.url, false, target),
				  "DATABASE_TYPE, _USER, _PASSWORD, _HOST, _PORT, _NAME (%s)", parts.origin);
	if (source == SOURCE_NONE)
		return sqlite_in_data_dir(settings, target);
	const char *url = NULL;
	TRY(settings_get(settings, "DATABASE_URL", &url));
	const char *origin = settings_origin(settings, "DATABASE_URL");
	struct error *error = db_target_parse(url, source == SOURCE_FLAG, target);
	return source == SOURCE_FLAG ? error_wrap(error, "%s", origin)
				     : error_wrap(error, "DATABASE_URL (%s)", origin);
}

/* A token lives for a quarter of an hour, so it can't be among the settings: it comes as libpq's password. */
static fallible check_token(struct settings *settings, const struct db_target *target)
{
	const char *enabled;
	TRY(settings_get(settings, "DATABASE_ENABLE_IAM_TOKEN_AUTH", &enabled));
	if (target->engine != DB_POSTGRESQL || !enabled || strcasecmp(enabled, "true") != 0 || getenv("PGPASSWORD"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "DATABASE_ENABLE_IAM_TOKEN_AUTH (%s) is set, and owctl can't sign tokens",
				    settings_origin(settings, "DATABASE_ENABLE_IAM_TOKEN_AUTH")),
			  "PGPASSWORD=\"$(aws rds generate-db-auth-token ..)\" owctl ..");
}

fallible database_target(struct settings *settings, struct db_target *target)
{
	const char *schema = NULL;
	TRY(settings_get(settings, "DATABASE_SCHEMA", &schema));
	TRY(find(settings, target));
	if (target->engine == DB_POSTGRESQL)
		target->schema = text_copy(schema);
	return check_token(settings, target);
}
