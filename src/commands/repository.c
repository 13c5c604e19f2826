#include "commands/repository.h"

#include "base/file.h"
#include "base/memory.h"

#define RECIPIENTS_LIMIT (1 << 20)

fallible command_repository_apart(struct context *context, const char *location, const struct store_target *source)
{
	AUTO(store_target) struct store_target repository = {0};
	TRY(repository_location(context->settings, location, &location));
	TRY(store_target_parse(location, &repository));
	if (!store_target_has(source, &repository))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "the repository %s is inside of %s, which is to be backed up to it",
				    repository.display, source->display),
			  "every snapshot would have all earlier ones in it: keep it elsewhere");
}

fallible command_repository(struct context *context, const char *location, struct repository *repository)
{
	AUTO(repository_place) struct repository_place place = {0};
	TRY(repository_place_read(context->settings, location, &place));
	place.options.connect_timeout_s = context->globals.timeout;
	return repository_place_open(&place, repository);
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
		TRY(repository_recipients(context->settings, &list));
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
