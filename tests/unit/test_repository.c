/* A repository in a folder: made once, packs and what is in them, records and manifests, and what becomes of changes
 * to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "backup/fetch.h"
#include "backup/manifest.h"
#include "backup/packs.h"
#include "base/file.h"
#include "base/memory.h"

static const struct store_options how = {0};

struct fixture {
	char folder[64];
	struct repository repository;
	struct age_identities identities;
	struct age_recipients recipients;
	unsigned char key[DIGEST_SIZE];
};

static void add_pair(struct fixture *fixture)
{
	unsigned char recipient[AGE_KEY_SIZE];
	AUTO(secret) char *identity = NULL;
	age_new_identity(&identity, recipient);
	AUTO(memory) char *text = age_recipient_text(recipient);
	assert_null(age_identities_add(&fixture->identities, identity));
	assert_null(age_recipients_add(&fixture->recipients, text));
}

static int set_up(void **state)
{
	struct fixture *fixture = mem_new(1, sizeof *fixture);
	AUTO(store_target) struct store_target target = {0};
	struct store *store;
	strcpy(fixture->folder, "/tmp/owctl-repository-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	assert_null(store_target_parse(fixture->folder, &target));
	assert_null(store_open(&target, &how, &store));
	assert_null(repository_make(store, &fixture->repository));
	add_pair(fixture);
	repository_key(&fixture->repository, &fixture->recipients, fixture->key);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	AUTO(memory) char *command = text_format("rm -r '%s'", fixture->folder);
	repository_cleanup(&fixture->repository);
	age_identities_cleanup(&fixture->identities);
	age_recipients_cleanup(&fixture->recipients);
	int status = system(command);
	free(fixture);
	return status;
}

static void assert_error(struct error *error, enum error_code code)
{
	assert_non_null(error);
	assert_int_equal(error->code, code);
	error_free(error);
}

static struct store *store_again(const struct fixture *fixture)
{
	AUTO(store_target) struct store_target target = {0};
	struct store *store;
	assert_null(store_target_parse(fixture->folder, &target));
	assert_null(store_open(&target, &how, &store));
	return store;
}

static void test_one_is_made_once(void **state)
{
	struct fixture *fixture = *state;
	struct repository other = {0};
	assert_error(repository_make(store_again(fixture), &other), ERR_NO);
	assert_null(repository_open(store_again(fixture), &other));
	assert_string_equal(other.id, fixture->repository.id);
	assert_memory_equal(other.salt, fixture->repository.salt, DIGEST_SIZE);
	repository_cleanup(&other);
	assert_null(store_put(fixture->repository.store, "owctl-repository.json", "{\"format\": 2}", 13, STORE_ANY));
	assert_error(repository_open(store_again(fixture), &other), ERR_INPUT);
}

/* ---- packs ---- */

static fallible collect(void *state, const char *bytes, size_t size)
{
	str_add_n(state, bytes, size);
	return NULL;
}

static void flip(const struct fixture *fixture, const char *object, long at)
{
	AUTO(memory) char *path = text_format("%s/%s", fixture->folder, object);
	AUTO(file) FILE *file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET), 0);
	int c = fgetc(file);
	assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
	assert_int_not_equal(fputc(c ^ 1, file), EOF);
}

static void test_members_come_back(void **state)
{
	struct fixture *fixture = *state;
	static const size_t sizes[] = {1, 3, 65000, 65536, 200000, 0, 17};
	struct place places[COUNT(sizes)];
	AUTO(packs) struct packs packs = {.store = fixture->repository.store, .recipients = &fixture->recipients};
	AUTO(memory) char *bytes = mem_new(1, 200000 + COUNT(sizes));
	for (size_t i = 0; i < 200000 + COUNT(sizes); i++)
		bytes[i] = (char)(i * 7 >> 3);
	for (size_t i = 0; i < COUNT(sizes); i++)
		assert_null(packs_add(&packs, bytes + i, sizes[i], false, &places[i]));
	assert_null(packs_end(&packs));
	assert_int_equal(packs.ended_count, 1);
	for (size_t i = COUNT(sizes); i--;) {
		AUTO(fetcher) struct fetcher fetcher = {.repository = &fixture->repository,
							.identities = &fixture->identities};
		AUTO(str) struct str back = {0};
		const struct sink sink = {collect, &back};
		assert_null(fetch(&fetcher, &places[i], UINT64_MAX, &sink));
		assert_int_equal(back.size, sizes[i]);
		assert_memory_equal(str_text(&back), bytes + i, back.size);
	}
	AUTO(memory) char *object = pack_object(packs.ended[0].id);
	AUTO(fetcher) struct fetcher fetcher = {.repository = &fixture->repository,
						.identities = &fixture->identities};
	AUTO(str) struct str back = {0};
	const struct sink sink = {collect, &back};
	struct place beyond = places[0];
	beyond.offset += 1000000;
	assert_error(fetch(&fetcher, &beyond, UINT64_MAX, &sink), ERR_INPUT);
	beyond.offset = UINT64_MAX - 1;
	assert_error(fetch(&fetcher, &beyond, UINT64_MAX, &sink), ERR_INPUT);
	beyond = places[0];
	beyond.size = UINT64_MAX - 5;
	assert_error(fetch(&fetcher, &beyond, UINT64_MAX, &sink), ERR_INPUT);
	beyond = places[0];
	beyond.hash[31] ^= 1;
	assert_error(fetch(&fetcher, &beyond, UINT64_MAX, &sink), ERR_INPUT);
	flip(fixture, object, -1);
	assert_error(fetch(&fetcher, &places[6], UINT64_MAX, &sink), ERR_INPUT);
	assert_int_equal(back.size, 0);
}

/* ---- records ---- */

static void fill(struct record *record)
{
	struct pack_seal pack = {.object.size = 12};
	record->time = 1795950115;
	record_new_id(record->time, record->snapshot);
	record->label = text_copy("caf\xc3\xa9 \"1\"");
	record->owctl = text_copy("1");
	record->complete = true;
	record->rows = 7;
	record->bytes = UINT64_C(1) << 40;
	strings_add(&record->tags, "nightly");
	place_new_pack(pack.id);
	record_add_pack(record, &pack);
}

static void test_records(void **state)
{
	struct fixture *fixture = *state;
	AUTO(record) struct record record = {0}, read = {0}, again = {0};
	AUTO(strings) struct strings list = {0};
	unsigned char other[DIGEST_SIZE] = {1};
	fill(&record);
	assert_null(record_write(&fixture->repository, &record, fixture->key));
	assert_error(record_write(&fixture->repository, &record, fixture->key), ERR_NO);
	assert_null(record_list(&fixture->repository, &list));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0], record.snapshot);
	assert_null(record_read(&fixture->repository, record.snapshot, fixture->key, &read));
	assert_string_equal(read.label, record.label);
	assert_string_equal(read.tags.items[0], "nightly");
	assert_true(read.time == record.time && read.rows == 7 && read.bytes == record.bytes && read.complete);
	assert_int_equal(read.pack_count, 1);
	assert_string_equal(read.packs[0].id, record.packs[0].id);
	assert_int_equal(read.packs[0].object.size, 12);
	assert_error(record_read(&fixture->repository, record.snapshot, other, &again), ERR_INPUT);
	assert_null(record_read(&fixture->repository, record.snapshot, NULL, &again));
}

/* Whatever byte is changed, or where it is cut off, is seen by who knows the recipients. */
static void test_changed_records(void **state)
{
	struct fixture *fixture = *state;
	AUTO(record) struct record record = {0};
	AUTO(str) struct str text = {0};
	fill(&record);
	assert_null(record_write(&fixture->repository, &record, fixture->key));
	AUTO(memory) char *object = record_object(record.snapshot);
	assert_null(store_read(fixture->repository.store, object, 1 << 20, &text));
	for (size_t i = 0; i < text.size; i++) {
		AUTO(record) struct record read = {0};
		text.data[i] ^= 1;
		assert_error(record_parse(&text, record.snapshot, fixture->key, &read), ERR_INPUT);
		text.data[i] ^= 1;
	}
	for (size_t size = text.size; size--;) {
		AUTO(record) struct record read = {0};
		AUTO(str) struct str cut = {0};
		str_add_n(&cut, text.data, size);
		assert_error(record_parse(&cut, record.snapshot, fixture->key, &read), ERR_INPUT);
	}
}

/* ---- manifests ---- */

static void fill_manifest(struct manifest *manifest, const struct fixture *fixture, const struct record *record)
{
	struct segment segment = {.lines = 3, .bytes = 30, .place = {.size = 5, .compressed = true}};
	memcpy(manifest->snapshot, record->snapshot, sizeof manifest->snapshot);
	manifest->time = record->time;
	manifest->label = text_copy("a");
	manifest->settings = json_object();
	age_recipients_copy(&manifest->recipients, &fixture->recipients);
	struct database_copy *database = manifest_add_database(manifest, "main");
	database->engine = text_copy("sqlite");
	database->version = text_copy("3");
	database->before = text_copy("CREATE TABLE a (b);\n");
	database->after = text_copy("");
	struct table *table = tables_add(&database->tables, "with\ttab");
	table->rows = 3;
	table->sum = 0xfedcba9876543210;
	strings_add(&table->columns, "b");
	strings_add(&table->types, "");
	place_new_pack(segment.place.pack);
	table_add_segment(table, &segment);
	files_add(&manifest->files, FILES_UPLOADS, "gone")->missing = true;
	struct file *file = files_add(&manifest->files, FILES_VECTORS, "a/b\\c");
	file->size = 5;
	file->modified = 1795950115000000000;
	file->parts = mem_new(1, sizeof *file->parts);
	file->parts[file->part_count++] = segment.place;
}

static void test_manifests(void **state)
{
	struct fixture *fixture = *state;
	AUTO(record) struct record record = {0};
	AUTO(manifest) struct manifest manifest = {0}, read = {0};
	AUTO(age_identities) struct age_identities nobody = {0};
	fill(&record);
	fill_manifest(&manifest, fixture, &record);
	assert_null(manifest_write(&fixture->repository, &manifest, &record.manifest));
	assert_null(record_write(&fixture->repository, &record, fixture->key));
	assert_error(manifest_read(&fixture->repository, &record, &nobody, &read), ERR_PERMISSION);
	assert_null(manifest_read(&fixture->repository, &record, &fixture->identities, &read));
	const struct database_copy *database = manifest_database(&read, "main");
	assert_string_equal(database->before, "CREATE TABLE a (b);\n");
	assert_string_equal(database->after, "");
	assert_int_equal(database->tables.count, 1);
	const struct table *table = tables_find(&database->tables, "with\ttab");
	assert_true(table->sum == 0xfedcba9876543210 && table->rows == 3 && table->segment_count == 1);
	assert_string_equal(table->types.items[0], "");
	assert_true(table->segments[0].lines == 3 && table->segments[0].bytes == 30 && !table->segments[0].odd.size);
	assert_int_equal(read.files.count, 2);
	assert_true(read.files.items[0].missing && !read.files.items[1].missing);
	assert_string_equal(read.files.items[1].path, "a/b\\c");
	assert_true(read.files.items[1].modified == 1795950115000000000 && read.files.items[1].part_count == 1);
	assert_null(read.revision);
	record.manifest.hash[0] ^= 1;
	assert_error(manifest_read(&fixture->repository, &record, &fixture->identities, &manifest), ERR_INPUT);
}

/* Who can write to the store, and knows one recipient but not the other, makes no snapshot that is taken for one. */
static void test_a_manifest_for_others_than_the_record(void **state)
{
	struct fixture *fixture = *state;
	AUTO(record) struct record record = {0};
	AUTO(manifest) struct manifest manifest = {0}, read = {0};
	fill(&record);
	fill_manifest(&manifest, fixture, &record);
	assert_null(manifest_write(&fixture->repository, &manifest, &record.manifest));
	add_pair(fixture);
	repository_key(&fixture->repository, &fixture->recipients, fixture->key);
	assert_null(record_write(&fixture->repository, &record, fixture->key));
	assert_error(manifest_read(&fixture->repository, &record, &fixture->identities, &read), ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_is_made_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_members_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changed_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_manifests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_manifest_for_others_than_the_record, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("repository", tests, NULL, NULL);
}
