/* store-probe: stores by hand, with AWS's settings of its environment. Reads one JSON object a line from standard
 * input, answers each with one: {"do":"open","location":L,"make":B,"patience":S,"connect":S,"silence":S,"rate":BYTES,
 * "key":..,"secret":..,"token":..,"password":..,"passphrase":..}, {"do":"put","name":N,"text":T,"new":B},
 * {"do":"upload","name":N,"size":BYTES,"piece":BYTES,"seed":N,"turns":N,"new":B,"abort":B}, get, read, look, list,
 * crowd, delete, can, time, tidy, clock, become, parse. The exit status is that of the last error. */
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/store.h"
#include "probe.h"

static struct store *store;
static int64_t clock_off_s;

/* The linker puts these around clock_now (Makefile). */
int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);
int64_t __wrap_clock_now(void)
{
	return __real_clock_now() + clock_off_s;
}

static bool is_true(const json_t *command, const char *key)
{
	return json_is_true(json_object_get(command, key));
}

static enum store_writing writing_of(const json_t *command)
{
	return is_true(command, "new") ? STORE_NEW : STORE_ANY;
}

/* ---- bytes that the test can make as well: those of a counter, little endian, from `seed` on ---- */

static char *bytes_of(uint64_t seed, size_t size)
{
	char *bytes = mem_new(1, size + sizeof seed);
	for (size_t at = 0; at < size; at += sizeof seed, seed++)
		memcpy(bytes + at, &seed, sizeof seed);
	return bytes;
}

struct digest {
	crypto_hash_sha256_state hash;
	struct str text; /* of what is short */
	uint64_t size;
	int64_t stop_after;
};

static fallible digest_take(void *state, const char *bytes, size_t size)
{
	struct digest *digest = state;
	crypto_hash_sha256_update(&digest->hash, (const unsigned char *)bytes, size);
	digest->size += size;
	if (digest->text.size < 4096)
		str_add_n(&digest->text, bytes, size < 4096 ? size : 4096);
	if (digest->stop_after && digest->size >= (uint64_t)digest->stop_after)
		return error_new(ERR_NO, "the sink has enough");
	return NULL;
}

/* ---- commands: each fills `answer` ---- */

static fallible do_open(const json_t *command, json_t *answer)
{
	struct store_target target;
	TRY(store_target_parse(text_of(command, "location"), &target));
	target.credentials = (struct store_credentials){.access_key = text_of(command, "key"),
							.secret_key = text_of(command, "secret"),
							.session_token = text_of(command, "token"),
							.password = text_of(command, "password"),
							.passphrase = text_of(command, "passphrase")};
	struct store_options options = {.patience_s = number_of(command, "patience"),
					.connect_timeout_s = number_of(command, "connect"),
					.silence_timeout_s = number_of(command, "silence"),
					.bytes_per_second = (uint64_t)number_of(command, "rate")};
	store_close(store);
	store = NULL;
	struct error *error = is_true(command, "make") ? store_make(&target, &options, &store)
						       : store_open(&target, &options, &store);
	store_target_cleanup(&target);
	if (!error)
		json_object_set_new(answer, "display", json_string(store_display(store)));
	return error;
}

static fallible do_parse(const json_t *command, json_t *answer)
{
	struct store_target target;
	TRY(store_target_parse(text_of(command, "location"), &target));
	json_object_set_new(answer, "display", json_string(target.display));
	store_target_cleanup(&target);
	return NULL;
}

static fallible do_put(const json_t *command, json_t *answer)
{
	(void)answer;
	const json_t *text = json_object_get(command, "text");
	return store_put(store, text_of(command, "name"), json_string_value(text), json_string_length(text),
			 writing_of(command));
}

static fallible do_upload(const json_t *command, json_t *answer)
{
	(void)answer;
	size_t size = (size_t)number_of(command, "size"), piece = (size_t)number_of(command, "piece");
	AUTO(memory) char *bytes = bytes_of((uint64_t)number_of(command, "seed"), size);
	AUTO(store_upload) struct store_upload *upload = NULL;
	TRY(store_upload_begin(store, text_of(command, "name"), writing_of(command), &upload));
	for (int64_t turn = 0, turns = number_of(command, "turns"); turn == 0 || turn < turns; turn++)
		for (size_t at = 0; at < size; at += piece)
			TRY(store_upload_write(upload, bytes + at, size - at < piece ? size - at : piece));
	return is_true(command, "abort") ? NULL : store_upload_end(&upload);
}

static fallible do_get(const json_t *command, json_t *answer)
{
	struct digest digest = {.stop_after = number_of(command, "stop_after")};
	char hex[2 * crypto_hash_sha256_BYTES + 1];
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_init(&digest.hash);
	struct error *error = store_get(store, text_of(command, "name"), (uint64_t)number_of(command, "offset"),
					(uint64_t)number_of(command, "size"), &(struct sink){digest_take, &digest});
	crypto_hash_sha256_final(&digest.hash, hash);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	json_object_set_new(answer, "size", json_integer((json_int_t)digest.size));
	json_object_set_new(answer, "sha256", json_string(hex));
	json_object_set_new(answer, "text", digest.size <= 4096
						    ? json_stringn_nocheck(str_text(&digest.text), digest.text.size)
						    : json_null());
	str_cleanup(&digest.text);
	return error;
}

static fallible do_read(const json_t *command, json_t *answer)
{
	AUTO(str) struct str bytes = {0};
	TRY(store_read(store, text_of(command, "name"), (size_t)number_of(command, "limit"), &bytes));
	json_object_set_new(answer, "text", json_stringn_nocheck(str_text(&bytes), bytes.size));
	return NULL;
}

static fallible do_look(const json_t *command, json_t *answer)
{
	bool found;
	struct store_object object = {0};
	const char *name = text_of(command, "name");
	TRY(is_true(command, "lock") ? store_lock_anew(store, name, &found, &object)
				     : store_look(store, name, &found, &object));
	json_object_update_new(answer, json_pack("{s:b,s:I,s:I}", "found", found, "size", (json_int_t)object.size,
						 "modified", (json_int_t)object.modified));
	return NULL;
}

struct listed {
	json_t *names, *sizes;
	int64_t stop_after;
};

static fallible take_object(void *state, const struct store_object *object)
{
	struct listed *listed = state;
	if (listed->stop_after && (int64_t)json_array_size(listed->names) >= listed->stop_after)
		return error_new(ERR_NO, "the lister has enough");
	json_array_append_new(listed->names, json_string_nocheck(object->name));
	json_array_append_new(listed->sizes, json_integer((json_int_t)object->size));
	return NULL;
}

static fallible do_list(const json_t *command, json_t *answer)
{
	struct listed listed = {
		.names = json_array(), .sizes = json_array(), .stop_after = number_of(command, "stop_after")};
	json_object_set_new(answer, "names", listed.names);
	json_object_set_new(answer, "sizes", listed.sizes);
	return store_list(store, text_of(command, "prefix"), take_object, &listed);
}

/* Many small objects by several threads: PREFIX0000, PREFIX0001, .. of a few bytes each. */
struct crowd {
	const char *prefix;
	int64_t first, count, step;
	struct error *error;
};

static void *put_crowd(void *state)
{
	struct crowd *crowd = state;
	for (int64_t i = crowd->first; i < crowd->count && !crowd->error; i += crowd->step) {
		AUTO(memory) char *name = text_format("%s%04lld", crowd->prefix, (long long)i);
		crowd->error = store_put(store, name, name, strlen(name), STORE_ANY);
	}
	return NULL;
}

static fallible do_crowd(const json_t *command, json_t *answer)
{
	(void)answer;
	pthread_t threads[8];
	struct crowd crowds[COUNT(threads)];
	struct error *first = NULL;
	for (size_t i = 0; i < COUNT(threads); i++) {
		crowds[i] = (struct crowd){.prefix = text_of(command, "prefix"),
					   .first = (int64_t)i,
					   .count = number_of(command, "count"),
					   .step = COUNT(threads)};
		if (pthread_create(&threads[i], NULL, put_crowd, &crowds[i]))
			return error_new(ERR_FAILED, "no thread");
	}
	for (size_t i = 0; i < COUNT(threads); i++) {
		pthread_join(threads[i], NULL);
		first = error_first(first, crowds[i].error);
	}
	return first;
}

static fallible do_delete(const json_t *command, json_t *answer)
{
	(void)answer;
	return store_delete(store, text_of(command, "name"));
}

static fallible do_can(const json_t *command, json_t *answer)
{
	(void)command;
	json_object_set_new(answer, "create", json_boolean(store_can(store, STORE_CAN_CREATE)));
	return NULL;
}

static bool is_any(const char *name)
{
	return *name;
}

static fallible do_tidy(const json_t *command, json_t *answer)
{
	size_t count;
	struct error *error = store_tidy(store, is_any, number_of(command, "before"), &count);
	json_object_set_new(answer, "count", json_integer((json_int_t)count));
	return error;
}

static fallible do_time(const json_t *command, json_t *answer)
{
	int64_t now;
	TRY(store_time(store, text_of(command, "scratch"), &now));
	json_object_set_new(answer, "now", json_integer(now));
	return NULL;
}

static fallible do_clock(const json_t *command, json_t *answer)
{
	(void)answer;
	clock_off_s = number_of(command, "off");
	return NULL;
}

static fallible do_become(const json_t *command, json_t *answer)
{
	(void)answer;
	return seteuid((uid_t)number_of(command, "user")) ? error_new(ERR_FAILED, "who runs this can't become another")
							  : NULL;
}

static const struct probe_command commands[] = {
	{"open", do_open}, {"parse", do_parse}, {"put", do_put},       {"upload", do_upload}, {"get", do_get},
	{"read", do_read}, {"look", do_look},	{"list", do_list},     {"crowd", do_crowd},   {"delete", do_delete},
	{"can", do_can},   {"time", do_time},	{"clock", do_clock}, {"become", do_become},
	{"tidy", do_tidy},
	{0},
};

int main(void)
{
	const struct probe probe = {.commands = commands, .keeps_partial = true};
	probe_begin();
	int status = probe_run(&probe);
	store_close(store);
	return status;
}
