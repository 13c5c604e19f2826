/* The repository that OWCTL_REPOSITORY names: what it has of this installation. */
#include <stdlib.h>

#include "backup/repository_settings.h"
#include "base/memory.h"
#include "health/look/look.h"

struct repository_look {
	struct repository_place place;
	struct age_recipients recipients;
	char *label;
};

static void release(struct look *look)
{
	struct repository_look *own = look->state;
	repository_place_cleanup(&own->place);
	age_recipients_cleanup(&own->recipients);
	free(own->label);
	free(own);
}

static fallible prepare(struct look *look)
{
	struct repository_sight *seen = &look->scene->repository;
	struct repository_look *own = look->state = mem_new(1, sizeof *own);
	const char *location = NULL;
	TRY(settings_get(look->settings, "OWCTL_REPOSITORY", &location));
	seen->sight.absent = !location;
	if (!location)
		return NULL;
	own->label = text_copy(repository_label(look->settings));
	TRY(repository_place_read(look->settings, NULL, &own->place));
	TRY(repository_recipients(look->settings, &own->recipients));
	seen->display = text_copy(own->place.target.display);
	seen->local = own->place.target.kind == STORE_FOLDER;
	seen->locked = own->place.target.lock_mode != NULL;
	return NULL;
}

/* Who says --label is not known here: where there are none of the profile's name, all others are looked at. */
static fallible read_newest(const struct repository_look *own, const struct repository *repository, int64_t now,
			    struct newest_list *list)
{
	AUTO(strings) struct strings labels = {0};
	unsigned char key[DIGEST_SIZE];
	repository_key(repository, &own->recipients, key);
	const unsigned char *known = own->recipients.count ? key : NULL;
	strings_add(&labels, own->label);
	TRY(newest_read(repository, known, &labels, now, list));
	if (*list->items[0].snapshot || list->items[0].passed_over)
		return NULL;
	newest_list_cleanup(list);
	strings_cleanup(&labels);
	return newest_read(repository, known, &labels, now, list);
}

static fallible see(struct look *look, const struct repository *repository)
{
	struct repository_sight *seen = &look->scene->repository;
	const struct repository_look *own = look->state;
	error_ignore(store_ask_facts(repository->store, &seen->facts)); /* what it does not tell is not known */
	TRY(read_newest(own, repository, look->scene->now, &seen->newest));
	seen->drilled = mem_new(seen->newest.count + 1, sizeof *seen->drilled);
	return drilled_read(repository, &own->recipients, &seen->newest, look->scene->now, seen->drilled);
}

static fallible look(struct look *look)
{
	AUTO(repository) struct repository repository = {0};
	struct repository_look *own = look->state;
	own->place.options.patience_s = own->place.options.connect_timeout_s =
		own->place.options.silence_timeout_s = look_seconds(look);
	TRY(repository_place_open(&own->place, &repository));
	return see(look, &repository);
}

const struct part repository_part = {.what = "the repository",
				     PART_OF_SCENE(repository, repository.sight),
				     .prepare = prepare,
				     .look = look,
				     .release = release};
