#include "openwebui/database_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"

#define ENCODE_HINT "percent-encode it: @ as %40, : as %3A, / as %2F, % as %25"

enum part { TYPE, USER, PASSWORD, HOST, PORT, NAME, PARTS };

const char *const database_part_names[] = {
	[TYPE] = "DATABASE_TYPE", [USER] = "DATABASE_USER", [PASSWORD] = "DATABASE_PASSWORD", [HOST] = "DATABASE_HOST",
	[PORT] = "DATABASE_PORT", [NAME] = "DATABASE_NAME", [PARTS] = NULL,
};

static const struct {
	const char *ends;  /* characters that end the part where it stands in the URL */
	const char *plain; /* what is right in its place */
	const char *hint;  /* NULL: that of the error serves */
} parts[PARTS] = {
	[TYPE] = {"", "postgresql", "write postgresql; a SQLite file is not given in parts: DATABASE_URL (sqlite:///..)"
				    " or DATA_DIR says where it is"},
	[USER] = {"/", "u", ENCODE_HINT},
	[PASSWORD] = {"@", "p", ENCODE_HINT},
	[HOST] = {"/?@", "h", "write a name or an address alone, one of IPv6 in []"},
	[PORT] = {"/?@", "1", "write a number from 1 to 65535; PostgreSQL's own is 5432"},
	[NAME] = {"", "n", NULL}, /* Open WebUI takes "name?sslmode=require" as well */
};

bool database_part_is_of_account(const char *name)
{
	return text_equal(name, database_part_names[USER]) || text_equal(name, database_part_names[PASSWORD]);
}

static char *join(const char *const values[static PARTS])
{
	return db_url_from_parts(values[TYPE], values[USER], values[PASSWORD], values[HOST], values[PORT],
				 values[NAME]);
}

static fallible parse(const char *const values[static PARTS], struct db_target *target)
{
	AUTO(secret) char *url = join(values);
	return db_target_parse(url, false, target);
}

/* The first part that ends too early, or PARTS. A user "me:secret" without a password is both of them. */
static enum part cut_short(const char *const values[static PARTS])
{
	for (enum part i = TYPE; i < PARTS; i++)
		if (values[i] && strpbrk(values[i], parts[i].ends))
			return i;
	return values[USER] && values[PASSWORD] && strchr(values[USER], ':') ? USER : PARTS;
}

/* The part without which the URL would be right, or PARTS. */
static enum part culprit(const char *const values[static PARTS])
{
	for (enum part i = TYPE; i < PARTS; i++) {
		const char *tried[PARTS];
		AUTO(db_target) struct db_target target = {0};
		memcpy(tried, values, sizeof tried);
		tried[i] = parts[i].plain;
		struct error *error = parse(tried, &target);
		if (!error)
			return i;
		error_ignore(error); /* the URL that was given has one, too */
	}
	return PARTS;
}

static fallible blame(struct error *error, const struct settings *settings, enum part part, const char *lowest)
{
	if (part == PARTS)
		return error_wrap(error, "DATABASE_TYPE, _USER, _PASSWORD, _HOST, _PORT, _NAME (%s)",
				  settings_origin(settings, lowest));
	const char *name = database_part_names[part];
	if (parts[part].hint)
		error = error_hint(error_without_hints(error), "%s", parts[part].hint);
	return error_wrap(error, "%s (%s)", name, settings_origin(settings, name));
}

static fallible read(struct settings *settings, const char *values[static PARTS])
{
	for (enum part i = TYPE; i < PARTS; i++)
		TRY(settings_get(settings, database_part_names[i], &values[i]));
	return NULL;
}

fallible database_parts_url(struct settings *settings, char **url)
{
	const char *values[PARTS] = {0};
	TRY(read(settings, values));
	*url = join(values);
	return NULL;
}

fallible database_from_parts(struct settings *settings, const char *lowest, struct db_target *target)
{
	const char *values[PARTS] = {0};
	TRY(read(settings, values));
	enum part cut = cut_short(values);
	if (cut != PARTS)
		return blame(error_new(ERR_SETTINGS, "a character in it ends it in a URL"), settings, cut, lowest);
	struct error *error = parse(values, target);
	return error ? blame(error, settings, culprit(values), lowest) : NULL;
}

static bool is_set(const struct settings *settings, enum part part)
{
	return settings_source(settings, database_part_names[part]) != SOURCE_NONE;
}

char *database_parts_missing(const struct settings *settings, enum setting_source above)
{
	bool account = is_set(settings, USER) || is_set(settings, PASSWORD);
	const char *given = settings_source(settings, database_part_names[TYPE]) > above   ? database_part_names[TYPE]
			    : settings_source(settings, database_part_names[HOST]) > above ? database_part_names[HOST]
											    : NULL;
	AUTO(strings) struct strings missing = {0};
	for (enum part i = TYPE; i < PARTS; i++)
		if (i == USER ? !account : i != PASSWORD && !is_set(settings, i))
			strings_add(&missing, database_part_names[i]);
	if (!given || !missing.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&missing, ", ");
	return text_format("%s (%s) is set, but %s %s not", given, settings_origin(settings, given), list,
			   missing.count == 1 ? "is" : "are");
}
