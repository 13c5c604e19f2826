/* Locations of stores, and names of objects: what is taken, what is refused and how it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/percent.h"
#include "store/name.h"
#include "store/store.h"
#include "store/web_ask.h"

#define CLEAN __attribute__((unused)) void **state
#define OR_DASH(text) ((text) && *(text) ? (text) : "-")

/* "bucket prefix endpoint region style class sse key ca", "-" for what is not there. */
static char *shown(const struct store_target *target)
{
	if (target->kind == STORE_FOLDER)
		return text_format("folder %s", target->folder);
	if (target->kind == STORE_SFTP)
		return text_format("%s@%s:%u %s %s %s %s", OR_DASH(target->user), target->host, target->port,
				   OR_DASH(target->folder), OR_DASH(target->identity_file),
				   OR_DASH(target->known_hosts), OR_DASH(target->config_file));
	if (target->kind == STORE_AZURE)
		return text_format("%s %s %s %s %s %s", target->account, target->bucket, OR_DASH(target->prefix),
				   OR_DASH(target->endpoint), OR_DASH(target->storage_class), OR_DASH(target->ca_file));
	return text_format("%s %s %s %s %s %s %s %s %s", target->bucket, OR_DASH(target->prefix),
			   OR_DASH(target->endpoint), OR_DASH(target->region), target->path_style ? "path" : "host",
			   OR_DASH(target->storage_class), OR_DASH(target->encryption), OR_DASH(target->encryption_key),
			   OR_DASH(target->ca_file));
}

static const struct {
	const char *location, *shown, *display;
} locations[] = {
	{"/srv/backups", "folder /srv/backups", "/srv/backups"},
	{"/srv//backups/./x/", "folder /srv/backups/x", "/srv/backups/x"},
	{"/srv/../backups", "folder /srv/../backups", NULL},
	{"/", "folder /", "/"},
	{"file:///srv/with%20space", "folder /srv/with space", NULL},
	{"file://localhost/srv", "folder /srv", NULL},
	{"/srv/with%20percent", "folder /srv/with%20percent", NULL},
	{"/srv/a://b", "folder /srv/a:/b", NULL},
	{"s3://bucket", "bucket - - - host - - - -", "s3://bucket"},
	{"s3://bucket/", "bucket - - - host - - - -", "s3://bucket"},
	{"s3://bucket/a/b/", "bucket a/b - - host - - - -", "s3://bucket/a/b"},
	{"s3://bucket/a%20b%2Fc", "bucket a b/c - - host - - - -", "s3://bucket/a b/c"},
	{"s3://my.bucket-1?region=eu-central-1", "my.bucket-1 - - eu-central-1 host - - - -", NULL},
	{"s3://bucket?endpoint=https://minio.example:9000", "bucket - https://minio.example:9000 - path - - - -",
	 "s3://bucket at https://minio.example:9000"},
	{"s3://bucket?endpoint=https%3A%2F%2Fminio.example/", "bucket - https://minio.example - path - - - -", NULL},
	{"s3://bucket/p?endpoint=http://[::1]:9000&style=host", "bucket p http://[::1]:9000 - host - - - -", NULL},
	{"s3://bucket?style=path&class=STANDARD_IA&sse=AES256", "bucket - - - path STANDARD_IA AES256 - -", NULL},
	{"s3://bucket?sse=aws:kms&ca=/etc/ca.pem", "bucket - - - host - aws:kms - /etc/ca.pem", NULL},
	{"s3://bucket?sse=aws:kms:arn:aws:kms:x:1:key/2", "bucket - - - host - aws:kms arn:aws:kms:x:1:key/2 -", NULL},
	{"azure://acc0unt/my-files", "acc0unt my-files - - - -", "azure://acc0unt/my-files"},
	{"azure://account/files/a%20b/c/", "account files a b/c - - -", "azure://account/files/a b/c"},
	{"azure://account/files?endpoint=https://account.blob.core.windows.net/&tier=Cool",
	 "account files - https://account.blob.core.windows.net Cool -",
	 "azure://account/files at https://account.blob.core.windows.net"},
	{"azure://dev/files/p?endpoint=http://127.0.0.1:10000/dev/&ca=/etc/ca.pem",
	 "dev files p http://127.0.0.1:10000/dev - /etc/ca.pem", "azure://dev/files/p at http://127.0.0.1:10000/dev"},
	{"gs://bucket", "bucket - - - path - - - -", "gs://bucket"},
	{"gs://my_bucket.example/a/b?style=host&class=NEARLINE", "my_bucket.example a/b - - host NEARLINE - - -",
	 "gs://my_bucket.example/a/b"},
	{"gs://bucket/p?endpoint=https://gcs.example&ca=/etc/ca.pem",
	 "bucket p https://gcs.example - path - - - /etc/ca.pem",
	 "gs://bucket/p at https://gcs.example"},
	{"sftp://host/srv/backups/", "-@host:0 /srv/backups - - -", "sftp://host/srv/backups"},
	{"sftp://ada@my_host.example:2222/srv/a%20b", "ada@my_host.example:2222 /srv/a b - - -",
	 "sftp://ada@my_host.example:2222/srv/a b"},
	{"sftp://host/./backups", "-@host:0 backups - - -", "sftp://host/./backups"},
	{"sftp://host/~/backups/x", "-@host:0 backups/x - - -", "sftp://host/./backups/x"},
	{"sftp://host/~", "-@host:0 - - - -", "sftp://host/./"},
	{"sftp://host/.", "-@host:0 - - - -", "sftp://host/./"},
	{"sftp://host/./", "-@host:0 - - - -", "sftp://host/./"},
	{"sftp://host/", "-@host:0 / - - -", "sftp://host/"},
	{"sftp://host/.hidden", "-@host:0 /.hidden - - -", NULL},
	{"sftp://a%40b@[fe80::1%eth0]:22/x", "a@b@fe80::1%eth0:22 /x - - -", "sftp://a@b@[fe80::1%eth0]:22/x"},
	{"sftp://host/x?identity=/k%201&known-hosts=/h&config=/c", "-@host:0 /x /k 1 /h /c", "sftp://host/x"},
};

static void test_locations_are_understood(CLEAN)
{
	for (size_t i = 0; i < COUNT(locations); i++) {
		struct store_target target = {0};
		assert_null(store_target_parse(locations[i].location, &target));
		AUTO(memory) char *text = shown(&target);
		assert_string_equal(text, locations[i].shown);
		if (locations[i].display)
			assert_string_equal(target.display, locations[i].display);
		store_target_cleanup(&target);
	}
}

static void test_a_path_that_is_not_absolute_begins_here(CLEAN)
{
	struct store_target target = {0};
	AUTO(memory) char *here = getcwd(NULL, 0);
	AUTO(memory) char *expected = text_format("%s/backups", here);
	assert_null(store_target_parse("./backups", &target));
	assert_string_equal(target.folder, expected);
	store_target_cleanup(&target);
}

static void test_a_lock_has_a_mode_and_a_time(CLEAN)
{
	static const struct {
		const char *location, *mode;
		int64_t seconds;
	} locks[] = {{"s3://bucket", NULL, 0},
		     {"s3://bucket?lock=30d", "GOVERNANCE", 30 * 86400},
		     {"s3://bucket?lock=governance:2h", "GOVERNANCE", 7200},
		     {"s3://bucket?lock=compliance:4w", "COMPLIANCE", 28 * 86400}};
	for (size_t i = 0; i < COUNT(locks); i++) {
		struct store_target target = {0};
		assert_null(store_target_parse(locks[i].location, &target));
		assert_true(text_equal(target.lock_mode, locks[i].mode));
		assert_int_equal(target.lock_s, locks[i].seconds);
		store_target_cleanup(&target);
	}
}

static const struct {
	const char *location, *words;
} refused[] = {
	{"", "empty"},
	{"file://host/srv", "absolute path"},
	{"file://", "absolute path"},
	{"file:///srv/%zz", "two digits"},
	{"azure://container/x", "azure://"},
	{"https://minio.example/bucket", "https://"},
	{"s3:bucket/owui", "./NAME"},
	{"s3:https://minio.example/bucket", "./NAME"},
	{"sftp:ada@host:/srv", "./NAME"},
	{"ada@host:/srv/backups", "./NAME"},
	{"s3://", "bucket"},
	{"s3://ab", "bucket"},
	{"s3://-bucket", "bucket"},
	{"s3://b%20cket", "bucket"},
	{"s3://AKIAKEY:S3CRET@bucket/p", "no credentials"},
	{"s3://bucket:9000/p", "no credentials"},
	{"s3://bucket/a//b", "empty part"},
	{"s3://bucket/../b", "empty part"},
	{"s3://bucket?endpoint=minio:9000", "https://host"},
	{"s3://bucket?endpoint=https://u:S3CRET@minio", "https://host"},
	{"s3://bucket?endpoint=https://minio/path", "https://host"},
	{"s3://bucket?style=virtual", "path or host"},
	{"s3://bucket?region=eu/central", "region"},
	{"s3://bucket?class=standard%20ia", "storage class"},
	{"s3://bucket?sse=rot13", "AES256"},
	{"s3://bucket?region=a&region=b", "or two"},
	{"s3://bucket?region=", "no value"},
	{"s3://bucket?regoin=a", "\"regoin\""},
	{"s3://bucket?sse=aws:kms:%0d%0aX:%20S3CRET", "line break"},
	{"s3://bucket?endpoint=https://a%0ab", "line break"},
	{"s3://bucket?secret_key=S3CRET", "not known"},
	{"s3://bucket?S3CRET", "not known"},
	{"azure://", "account"},
	{"azure://account", "container"},
	{"azure://account/", "container"},
	{"azure://Account/files", "account"},
	{"azure://account/my_files", "container"},
	{"azure://account.blob.core.windows.net/files", "account"},
	{"azure://account:S3CRET@/files", "no credentials"},
	{"azure://account/files/../b", "empty part"},
	{"azure://account/files?endpoint=https://host/a/b", "path of the endpoint"},
	{"azure://account/files?endpoint=https://host/%3Fsig=S3CRET", "path of the endpoint"},
	{"azure://account/files?endpoint=host:10000", "https://host"},
	{"azure://account/files?tier=Archive", "Hot, Cool or Cold"},
	{"azure://account/files?sv=2021-12-02&sig=S3CRET", "not known"},
	{"s3://bucket?lock=soon", "30d"},
	{"s3://bucket?lock=0d", "30d"},
	{"s3://bucket?lock=legal:30d", "30d"},
	{"gs://bucket?lock=30d", "not known"},
	{"gs://", "bucket"},
	{"gs://key:S3CRET@bucket", "no credentials"},
	{"gs://bucket?region=auto", "not known"},
	{"gs://bucket?sse=AES256", "not known"},
	{"sftp://host", "path"},
	{"sftp:///srv", "host's name"},
	{"sftp://-oProxyCommand=x/srv", "host's name"},
	{"sftp://-l@host/srv", "user"},
	{"sftp://a%20b@host/srv", "user"},
	{"sftp://ada:S3CRET@host/srv", "no password"},
	{"sftp://host:0/srv", "port"},
	{"sftp://host:65536/srv", "port"},
	{"sftp://host:22x/srv", "port"},
	{"sftp://host:/srv", "port"},
	{"sftp://[::1/srv", "without a ]"},
	{"sftp://[::1]x/srv", "port behind"},
	{"sftp://host/srv?password=S3CRET", "not known"},
	{"sftp://host/srv?idenity=/x", "\"idenity\""},
	{"sftp://host/srv?identity=a%0ab", "line break"},
};

static void test_what_is_none_is_refused_with_a_hint_and_without_a_secret(CLEAN)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct store_target target = {0};
		AUTO(error) struct error *error = store_target_parse(refused[i].location, &target);
		assert_non_null(error);
		AUTO(memory) char *text = error_text(error);
		assert_int_equal(error->code, ERR_SETTINGS);
		assert_non_null(error_hint_text(error));
		if (!strstr(text, refused[i].words))
			fail_msg("%s: %s", refused[i].location, text);
		assert_null(strstr(text, "S3CRET"));
		assert_null(target.display);
	}
}

static bool has(const char *outer_location, const char *inner_location)
{
	AUTO(store_target) struct store_target outer = {0}, inner = {0};
	assert_null(store_target_parse(outer_location, &outer));
	assert_null(store_target_parse(inner_location, &inner));
	return store_target_has(&outer, &inner);
}

static void test_one_place_inside_of_another(CLEAN)
{
	assert_true(has("/nowhere/a", "/nowhere/a/b/c"));
	assert_true(has("/nowhere/a", "/nowhere/./a/"));
	assert_true(has("/", "/nowhere"));
	assert_true(has("/proc/self/cwd", "./x"));
	assert_false(has("/nowhere/a", "/nowhere/ab"));
	assert_false(has("/nowhere/a/b", "/nowhere/a"));
	assert_true(has("s3://bucket", "s3://bucket/backups"));
	assert_true(has("s3://bucket/a?endpoint=http://h:1", "s3://bucket/a/b?endpoint=http://h:1&region=x"));
	assert_false(has("s3://bucket/a", "s3://bucket/ab"));
	assert_false(has("s3://bucket", "s3://bucket2"));
	assert_false(has("s3://bucket", "s3://bucket?endpoint=http://h:1"));
	assert_false(has("s3://bucket", "gs://bucket"));
	assert_true(has("azure://acc/con/a", "azure://acc/con/a"));
	assert_false(has("azure://acc/con", "azure://other/con"));
	assert_false(has("sftp://host/", "sftp://host/a"));
}

static void test_where_secrets_may_be_sent(CLEAN)
{
	static const char *const hosts[] = {"169.254.170.2"};
	static const char *const safe[] = {"https://login.example/a", "http://localhost", "http://127.0.0.1:80/a@b",
					   "http://[::1]:1/", "http://169.254.170.2/v2"};
	static const char *const unsafe[] = {"http://login.example/a", "http://localhost.example", "ftp://localhost/",
					     "http://localhost@login.example/", "http://127.0.0.1:80@login.example/",
					     "http://169.254.170.23/", "http://169.254.170.2:x@login.example?/"};
	for (size_t i = 0; i < COUNT(safe); i++)
		assert_true(store_url_is_safe(safe[i], hosts, COUNT(hosts)));
	for (size_t i = 0; i < COUNT(unsafe); i++)
		assert_false(store_url_is_safe(unsafe[i], hosts, COUNT(hosts)));
}

static void test_names_of_objects(CLEAN)
{
	static const char *const fine[] = {"a", "a/b/c", "..a", "a..", "...", " ", "\xc3\xa4/\xf0\x9f\x98\x80", "a\nb",
					   "\xff", "a/\xc3",
					   ".owctl-0123456789abcde.part", ".owctl-0123456789abcdef.part/x"};
	static const char *const bad[] = {"", "/", "a/", "/a", "a//b", ".", "..", "a/./b", "a/..",
					  ".owctl-0123456789abcdef.part", "a/.owctl-0123456789abcdef.part"};
	for (size_t i = 0; i < COUNT(fine); i++)
		assert_true(store_name_valid(fine[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(store_name_valid(bad[i]));
	char part[STORE_PART_SIZE];
	store_part_new(part);
	assert_true(store_is_part(part));
	assert_false(store_is_part("x.owctl-0123456789abcdef.part"));
}

static void test_percent_encoding_there_and_back(CLEAN)
{
	AUTO(str) struct str text = {0};
	AUTO(str) struct str back = {0};
	char bytes[0x80];
	for (size_t i = 0; i < sizeof bytes - 1; i++)
		bytes[i] = (char)(i + 1);
	percent_encode(&text, bytes, sizeof bytes - 1, "");
	assert_true(percent_decode(&back, text.data, text.size));
	assert_int_equal(back.size, sizeof bytes - 1);
	assert_memory_equal(back.data, bytes, back.size);
	static const char *const bad[] = {"%", "a%4", "%g0", "%0g", "%00", "%ff"};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(percent_decode(&back, bad[i], strlen(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locations_are_understood),
		cmocka_unit_test(test_a_path_that_is_not_absolute_begins_here),
		cmocka_unit_test(test_a_lock_has_a_mode_and_a_time),
		cmocka_unit_test(test_what_is_none_is_refused_with_a_hint_and_without_a_secret),
		cmocka_unit_test(test_one_place_inside_of_another),
		cmocka_unit_test(test_where_secrets_may_be_sent),
		cmocka_unit_test(test_names_of_objects),
		cmocka_unit_test(test_percent_encoding_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
