#include "backup/repository_settings.h"

#include "base/number.h"
#include "openwebui/database.h"

fallible repository_location(struct settings *settings, const char *location, const char **effective)
{
	if (!location)
		TRY(settings_get(settings, "OWCTL_REPOSITORY", &location));
	if (!location)
		return error_new(ERR_SETTINGS, "no repository is given");
	*effective = location;
	return NULL;
}

fallible repository_credentials(struct settings *settings, struct store_target *target)
{
	if (target->kind != STORE_SFTP)
		return NULL;
	TRY(settings_get(settings, "OWCTL_SFTP_PASSPHRASE", &target->credentials.passphrase));
	return settings_get(settings, "OWCTL_SFTP_PASSWORD", &target->credentials.password);
}

static fallible read_rate(struct settings *settings, uint64_t *bytes_per_second)
{
	const char *text;
	TRY(settings_get(settings, "OWCTL_REPOSITORY_RATE", &text));
	if (!text || (number_parse_bytes(text, bytes_per_second) && *bytes_per_second))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "OWCTL_REPOSITORY_RATE (%s) is no number of bytes a second",
				    settings_origin(settings, "OWCTL_REPOSITORY_RATE")),
			  "as in 500k, 10M or 1G");
}

fallible repository_place_read(struct settings *settings, const char *location, struct repository_place *place)
{
	*place = (struct repository_place){0};
	TRY(error_hint(repository_location(settings, location, &location),
		       "use --repository, or set OWCTL_REPOSITORY; `owctl repo init LOCATION` makes a new one"));
	TRY(store_target_parse(location, &place->target));
	TRY(repository_credentials(settings, &place->target));
	return read_rate(settings, &place->options.bytes_per_second);
}

/* A folder that is not there is a wrong path, a disk that is not mounted, or a repository that nobody has made yet. */
static fallible suggest_making(struct error *error, const struct store_target *target)
{
	return error && error->code == ERR_SETTINGS && target->kind == STORE_FOLDER
		       ? error_hint_also(error, "`owctl repo init` makes a new repository")
		       : error;
}

fallible repository_place_open(const struct repository_place *place, struct repository *repository)
{
	struct store *store;
	TRY(suggest_making(store_open(&place->target, &place->options, &store), &place->target));
	return repository_open(store, repository);
}

fallible repository_recipients(struct settings *settings, struct age_recipients *found)
{
	const char *text;
	AUTO(strings) struct strings list = {0};
	TRY(settings_get(settings, "OWCTL_RECIPIENTS", &text));
	if (!text)
		return NULL;
	strings_split(&list, text, ' ');
	for (size_t i = 0; i < list.count; i++)
		TRY(error_wrap(age_recipients_add(found, list.items[i]), "OWCTL_RECIPIENTS (%s)",
			       settings_origin(settings, "OWCTL_RECIPIENTS")));
	return NULL;
}

const char *repository_label(const struct settings *settings)
{
	const char *profile = database_profile(settings);
	return profile ? profile : "default";
}
