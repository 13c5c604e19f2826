#include "commands/repository.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

#define RECIPIENTS_LIMIT (1 << 20)

fallible command_repository_location(struct context *context, const char *location, const char **effective)
{
	if (!location)
		TRY(settings_get(context->settings, "OWCTL_REPOSITORY", &location));
	if (!location)
		return error_new(ERR_SETTINGS, "no repository is given");
	*effective = location;
	return NULL;
}

fallible command_store_credentials(struct context *context, struct store_target *target)
{
	if (target->kind != STORE_SFTP)
		return NULL;
	TRY(settings_get(context->settings, "OWCTL_SFTP_PASSPHRASE", &target->credentials.passphrase));
	return settings_get(context->settings, "OWCTL_SFTP_PASSWORD", &target->credentials.password);
}

fallible command_repository_apart(struct context *context, const char *location, const struct store_target *source)
{
	AUTO(store_target) struct store_target repository = {0};
	TRY(command_repository_location(context, location, &location));
	TRY(store_target_parse(location, &repository));
	if (!store_target_has(source, &repository))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "the repository %s is inside of %s, which is to be backed up to it",
				    repository.display, source->display),
			  "every snapshot would have all earlier ones in it: keep it elsewhere");
}

/* A folder that is not there is a wrong path, a disk that is not mounted, or a repository that nobody has made yet. */
static fallible suggest_making(struct error *error, const struct store_target *target)
{
	return error && error->code == ERR_SETTINGS && target->kind == STORE_FOLDER
		       ? error_hint_also(error, "`owctl repo init` makes a new repository")
		       : error;
}

static fallible read_rate(const struct context *context, uint64_t *bytes_per_second)
{
	const char *text;
	TRY(settings_get(context->settings, "OWCTL_REPOSITORY_RATE", &text));
	if (!text || (number_parse_bytes(text, bytes_per_second) && *bytes_per_second))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "OWCTL_REPOSITORY_RATE (%s) is no number of bytes a second",
				    settings_origin(context->settings, "OWCTL_REPOSITORY_RATE")),
			  "as in 500k, 10M or 1G");
}

fallible command_repository(struct context *context, const char *location, struct repository *repository)
{
	AUTO(store_target) struct store_target target = {0};
	struct store_options options = {.connect_timeout_s = context->globals.timeout};
	struct store *store;
	TRY(error_hint(command_repository_location(context, location, &location),
		       "use --repository, or set OWCTL_REPOSITORY; `owctl repo init LOCATION` makes a new one"));
	TRY(store_target_parse(location, &target));
	TRY(command_store_credentials(context, &target));
	TRY(read_rate(context, &options.bytes_per_second));
	TRY(suggest_making(store_open(&target, &options, &store), &target));
	return repository_open(store, repository);
}

static fallible add_from_settings(struct context *context, struct age_recipients *found)
{
	const char *text;
	AUTO(strings) struct strings list = {0};
	TRY(settings_get(context->settings, "OWCTL_RECIPIENTS", &text));
	if (!text)
		return NULL;
	strings_split(&list, text, ' ');
	for (size_t i = 0; i < list.count; i++)
		TRY(error_wrap(age_recipients_add(found, list.items[i]), "OWCTL_RECIPIENTS (%s)",
			       settings_origin(context->settings, "OWCTL_RECIPIENTS")));
	return NULL;
}

static fallible add_from_file(const char *file, struct age_recipients *found)
{
	AUTO(str) struct str text = {0};
	if (!file)
		return NULL;
	TRY(file_read(file, RECIPIENTS_LIMIT, &text));
	return error_wrap(age_recipients_add(found, str_text(&text)), "%s", file);
}

fallible command_recipients(struct context *context, const struct strings *recipients, const char *file, bool optional,
			    struct age_recipients *found)
{
	AUTO(age_recipients) struct age_recipients list = {0};
	for (size_t i = 0; i < recipients->count; i++)
		TRY(error_wrap(age_recipients_add(&list, recipients->items[i]), "--recipient"));
	TRY(add_from_file(file, &list));
	if (!list.count)
		TRY(add_from_settings(context, &list));
	if (!list.count && !optional)
		return error_hint(error_new(ERR_SETTINGS, "no public key is given to encrypt for"),
				  "use --recipient, or set OWCTL_RECIPIENTS; `owctl repo keys FILE` makes a pair of "
				  "keys");
	*found = list;
	list = (struct age_recipients){0};
	return NULL;
}

fallible command_identities(struct context *context, const char *file, bool optional,
			    struct age_identities *identities)
{
	AUTO(secret) char *read = NULL;
	const char *text = NULL;
	if (file) {
		TRY(file_read_secret(file, &read));
		text = read;
	} else {
		TRY(settings_get(context->settings, "OWCTL_IDENTITY", &text));
	}
	if (text && file)
		return error_wrap(age_identities_add(identities, text), "%s", file);
	if (text)
		return error_wrap(error_hint_also(age_identities_add(identities, text),
						  "OWCTL_IDENTITY_FILE takes the path of a file"),
				  "OWCTL_IDENTITY (%s)", settings_origin(context->settings, "OWCTL_IDENTITY"));
	return optional ? NULL
			: error_hint(error_new(ERR_SETTINGS, "no secret key is given to open the backups with"),
				     "use --identity FILE, or set OWCTL_IDENTITY_FILE");
}
