#include "backup/repository.h"

#include <jansson.h>
#include <string.h>

#include "backup/place.h"
#include "backup/restore_text.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"

#define CONFIG_OBJECT "owctl-repository.json"
#define CONFIG_LIMIT 4096

char *record_object(const char *snapshot)
{
	return text_format(RECORDS_PREFIX "%s.json", snapshot);
}

char *index_object(const char *snapshot)
{
	return text_format("indexes/%s.tar.age", snapshot);
}

char *manifest_object(const char *snapshot)
{
	return text_format("manifests/%s.tar.age", snapshot);
}

char *pack_object(const char *pack)
{
	return text_format("packs/%.2s/%s.tar.age", pack, pack);
}

char *object_id(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *id = slash ? slash + 1 : name;
	return text_copy_n(id, strcspn(id, "."));
}

char *pack_of_object(const char *name)
{
	char *id = object_id(name);
	unsigned char bytes[PACK_ID_SIZE / 2];
	AUTO(memory) char *expected = pack_object(id);
	if (strlen(id) == PACK_ID_SIZE - 1 && hex_parse(id, bytes, sizeof bytes) && text_equal(expected, name))
		return id;
	free(id);
	return NULL;
}

void repository_cleanup(struct repository *repository)
{
	store_close(repository->store);
	free(repository->id);
	*repository = (struct repository){0};
}

static fallible write_config(const struct repository *repository)
{
	char salt[DIGEST_TEXT_SIZE], made[CLOCK_TEXT_SIZE];
	hex_text(repository->salt, DIGEST_SIZE, salt);
	clock_format(clock_now(), made);
	AUTO(json) json_t *config = json_pack("{s:i, s:s, s:s, s:s}", "format", BACKUP_FORMAT, "id", repository->id,
					      "made", made, "salt", salt);
	AUTO(str) struct str text = {0};
	json_add_line(&text, config);
	return store_put(repository->store, CONFIG_OBJECT, text.data, text.size, STORE_NEW);
}

static fallible refuse_object(void *state, const struct store_object *object)
{
	const struct repository *repository = state;
	return error_hint(error_new(ERR_INPUT, "%s is not empty: it has %s", store_display(repository->store),
				    object->name),
			  "name a folder or a prefix that is not there yet");
}

static fallible check_empty(struct repository *repository)
{
	bool found;
	TRY(store_look(repository->store, CONFIG_OBJECT, &found, NULL));
	if (found)
		return error_hint(error_new(ERR_NO, "%s is a repository already", store_display(repository->store)),
				  "back up to it as it is");
	return store_list(repository->store, "", refuse_object, repository);
}

fallible repository_make(struct store *store, struct repository *repository)
{
	AUTO(repository) struct repository made = {.store = store};
	char id[UUID_TEXT_SIZE];
	TRY(check_empty(&made));
	random_uuid(id);
	made.id = text_copy(id);
	random_bytes(made.salt, sizeof made.salt);
	TRY(restore_text_put(store));
	TRY(write_config(&made)); /* the last one: it makes the repository */
	*repository = made;
	made = (struct repository){0};
	return NULL;
}

fallible repository_lock_anew(const struct repository *repository)
{
	static const char *const objects[] = {CONFIG_OBJECT, RESTORE_PAGE_OBJECT, RESTORE_SCRIPT_OBJECT};
	bool found;
	for (size_t i = 0; i < COUNT(objects); i++)
		TRY(store_lock_anew(repository->store, objects[i], &found, NULL));
	return NULL;
}

static fallible read_config(struct repository *repository, const char *text, size_t size)
{
	AUTO(json) json_t *config = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	int format = 0;
	const char *id, *salt;
	if (json_unpack(config, "{s:i, s:s, s:s}", "format", &format, "id", &id, "salt", &salt) ||
	    strlen(salt) != DIGEST_TEXT_SIZE - 1 || !hex_parse(salt, repository->salt, DIGEST_SIZE))
		return error_new(ERR_INPUT, "%s: %s is not as it should be", store_display(repository->store),
				 CONFIG_OBJECT);
	if (format != BACKUP_FORMAT)
		return error_hint(error_new(ERR_FAILED, "%s: the repository has format %d, and this owctl knows %d",
					    store_display(repository->store), format, BACKUP_FORMAT),
				  "use a newer owctl");
	repository->id = text_copy(id);
	return NULL;
}

fallible repository_open(struct store *store, struct repository *repository)
{
	AUTO(repository) struct repository opened = {.store = store};
	AUTO(str) struct str config = {0};
	bool found;
	TRY(store_look(store, CONFIG_OBJECT, &found, NULL));
	if (!found)
		return error_hint(error_new(ERR_SETTINGS, "%s is no repository", store_display(store)),
				  "owctl repo init makes one");
	TRY(store_read(store, CONFIG_OBJECT, CONFIG_LIMIT, &config));
	TRY(read_config(&opened, str_text(&config), config.size));
	*repository = opened;
	opened = (struct repository){0};
	return NULL;
}

void repository_key(const struct repository *repository, const struct age_recipients *recipients,
		    unsigned char key[static DIGEST_SIZE])
{
	static const char title[] = "owctl repository key 1\n";
	struct digest digest;
	digest_begin(&digest, repository->salt);
	digest_add(&digest, title, sizeof title - 1);
	for (size_t i = 0; i < recipients->count; i++) {
		AUTO(memory) char *text = age_recipient_text(recipients->keys[i]);
		digest_add(&digest, text, strlen(text));
		digest_add(&digest, "\n", 1);
	}
	digest_end(&digest, key);
}

void repository_derive(const struct repository *repository, const struct age_recipients *recipients,
		       const char *purpose, unsigned char key[static DIGEST_SIZE])
{
	struct digest digest;
	unsigned char parent[DIGEST_SIZE];
	repository_key(repository, recipients, parent);
	digest_begin(&digest, parent);
	digest_add(&digest, purpose, strlen(purpose));
	digest_end(&digest, key);
	mem_wipe(parent, sizeof parent);
}
