/* Redis URLs and sentinel lists: what Open WebUI takes, what owctl refuses and how it says so.
 * tests/real/test_redis.py compares the same parser with redis-py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "net/redis_target.h"

#define CLEAN __attribute__((unused)) void **state

/* "tls user:password host:port socket/database", "-" for what is not there. */
static char *shown(const struct redis_target *target)
{
#define OR_DASH(text) ((text) ? (text) : "-")
	return text_format("%s %s:%s %s:%d %s /%d", target->tls ? "tls" : "plain", OR_DASH(target->user),
			   OR_DASH(target->password), OR_DASH(target->host), (int)target->port, OR_DASH(target->socket),
			   (int)target->database);
}

static const struct {
	const char *url, *shown;
} urls[] = {
	{"redis://", "plain -:- -:6379 - /0"},
	{"redis://cache", "plain -:- cache:6379 - /0"},
	{"redis://cache:7000/3", "plain -:- cache:7000 - /3"},
	{"redis://cache:/", "plain -:- cache:6379 - /0"},
	{"redis://:7000", "plain -:- -:7000 - /0"},
	{"redis://cache_1.net/12/", "plain -:- cache_1.net:6379 - /12"},
	{"redis://:pw@cache", "plain -:pw cache:6379 - /0"},
	{"redis://default:pw@cache", "plain default:pw cache:6379 - /0"},
	{"redis://me@cache", "plain me:- cache:6379 - /0"},
	{"redis://me:@cache", "plain me:- cache:6379 - /0"},
	{"redis://@cache", "plain -:- cache:6379 - /0"},
	/* decoded once in the authority, and what is no escape stays */
	{"redis://m%40e:p%40s%2Fs%3A%25@cache", "plain m@e:p@s/s:% cache:6379 - /0"},
	{"redis://u:100%+a%zz%4@cache", "plain u:100%+a%zz%4 cache:6379 - /0"},
	{"redis://u:%C3%A4@cache", "plain u:\xc3\xa4 cache:6379 - /0"},
	/* the last @ ends the credentials, the first : the user */
	{"redis://u:p@ss:word@cache:7000", "plain u:p@ss:word cache:7000 - /0"},
	{"redis://[2001:db8::1]:7000/1", "plain -:- 2001:db8::1:7000 - /1"},
	{"redis://[::1]", "plain -:- ::1:6379 - /0"},
	{"redis://cache/1#fragment", "plain -:- cache:6379 - /1"},
	{"rediss://:pw@cache", "tls -:pw cache:6379 - /0"},
	/* the query: decoded once, less than what stands before it but for the database */
	{"redis://?host=h&port=7&db=3&username=u&password=a%252Bb+c", "plain u:a%2Bb c h:7 - /3"},
	{"redis://u:p@cache:1/2?host=h&port=7&db=0&username=x&password=y", "plain u:p cache:1 - /0"},
	{"redis://cache?db=1&db=2", "plain -:- cache:6379 - /1"},
	{"redis://cache?db=&password=&x&socket_timeout=5&max_connections=9", "plain -:- cache:6379 - /0"},
	{"redis://cache?path=/sock", "plain -:- cache:6379 - /0"},
	{"unix:///run/redis.sock", "plain -:- -:6379 /run/redis.sock /0"},
	{"unix://u:p@/run/a%20b.sock?db=2", "plain u:p -:6379 /run/a b.sock /2"},
	{"unix://?path=/run/s&password=p", "plain -:p -:6379 /run/s /0"},
};

static void urls_mean_what_they_mean_to_open_webui(CLEAN)
{
	for (size_t i = 0; i < COUNT(urls); i++) {
		AUTO(redis_target) struct redis_target target = {0};
		assert_null(redis_target_parse(urls[i].url, NULL, NULL, &target));
		AUTO(memory) char *text = shown(&target);
		assert_string_equal(text, urls[i].shown);
		assert_int_equal(target.sentinels.count, 0);
	}
}

static void tls_parameters(CLEAN)
{
	AUTO(redis_target) struct redis_target target = {0};
	assert_null(redis_target_parse("rediss://h", NULL, NULL, &target));
	assert_true(target.tls && !target.any_certificate && !target.any_name && !target.ca_file);
	redis_target_cleanup(&target);
	assert_null(redis_target_parse("rediss://h?ssl_cert_reqs=none&ssl_check_hostname=no", NULL, NULL, &target));
	assert_true(target.any_certificate && target.any_name);
	redis_target_cleanup(&target);
	assert_null(redis_target_parse("rediss://h?ssl_cert_reqs=optional&ssl_check_hostname=1", NULL, NULL, &target));
	assert_false(target.any_certificate || target.any_name);
	redis_target_cleanup(&target);
	const char *url = "rediss://h?ssl_ca_certs=%2Fca+1.pem&ssl_ca_path=/cas&ssl_certfile=/c&ssl_keyfile=/k&"
			  "ssl_password=s%26t";
	assert_null(redis_target_parse(url, NULL, NULL, &target));
	assert_string_equal(target.ca_file, "/ca 1.pem");
	assert_string_equal(target.ca_folder, "/cas");
	assert_string_equal(target.certificate, "/c");
	assert_string_equal(target.key, "/k");
	assert_string_equal(target.key_password, "s&t");
}

/* With sentinels Open WebUI reads the URL itself: nothing is decoded, the case of the service is kept. */
static void sentinels(CLEAN)
{
	AUTO(redis_target) struct redis_target target = {0};
	const char *url = "redis://u%40:p%40@ss@MyMaster:1/2?db=3";
	assert_null(redis_target_parse(url, " s1 ,, ::1,10.0.0.1", "26380", &target));
	AUTO(memory) char *text = shown(&target);
	assert_string_equal(text, "plain u%40:p%40@ss MyMaster:1 - /2");
	assert_int_equal(target.sentinels.count, 3);
	assert_string_equal(target.sentinels.items[0], "s1:26380");
	assert_string_equal(target.sentinels.items[1], "[::1]:26380");
	assert_string_equal(target.sentinels.items[2], "10.0.0.1:26380");
	redis_target_cleanup(&target);
	assert_null(redis_target_parse("rediss://", "s1", NULL, &target));
	assert_true(target.tls && !target.host);
	assert_string_equal(target.sentinels.items[0], "s1:26379");
	redis_target_cleanup(&target);
	assert_null(redis_target_parse("redis://h", " , ", "no port", &target));
	assert_int_equal(target.sentinels.count, 0);
}

static const struct {
	const char *url, *hosts, *port, *message;
} refused[] = {
	{"", NULL, NULL, "does not begin with redis://"},
	{"localhost:6379", NULL, NULL, "does not begin with redis://"},
	{"http://s3cret@h", NULL, NULL, "does not begin with redis://"},
	{"REDIS://h", NULL, NULL, "does not begin with redis://"},
	{"redis:/h", NULL, NULL, "does not begin with redis://"},
	{"redis://h:port", NULL, NULL, "port"},
	{"redis://h:65536", NULL, NULL, "port"},
	{"redis://h:0", NULL, NULL, "port"},
	{"redis://h:-1", NULL, NULL, "port"},
	{"redis://h:1:2", NULL, NULL, "port"},
	{"redis://:s3cret/word@h", NULL, NULL, "port"}, /* a raw / ends the authority */
	{"redis://:s3cret?word@h", NULL, NULL, "port"},
	{"redis://:s3cret#word@h", NULL, NULL, "port"},
	{"redis://h/one", NULL, NULL, "database"},
	{"redis://h/1/2", NULL, NULL, "database"},
	{"redis://h/-1", NULL, NULL, "database"},
	{"redis://h/99999999999999999999", NULL, NULL, "database"},
	{"redis://h?db=x", NULL, NULL, "database"},
	{"redis://[::1", NULL, NULL, "host"},
	{"redis://[::1]x", NULL, NULL, "host"},
	{"redis://[::g]", NULL, NULL, "host"},
	{"redis://a b", NULL, NULL, "host"},
	{"redis://h%2F..", NULL, NULL, "host"},
	{"redis://u:%00s3cret@h", NULL, NULL, "not UTF-8"},
	{"redis://u:%ffs3cret@h", NULL, NULL, "not UTF-8"},
	{"redis://u:s3cret\xff@h", NULL, NULL, "not UTF-8"},
	{"redis://u:s3cret@h\n", NULL, NULL, "control character"},
	{"redis://h?ssl_ca_certs=/ca", NULL, NULL, "not for TLS"},
	{"redis://h?ssl_cert_reqs=none", NULL, NULL, "not for TLS"},
	{"rediss://h?ssl_cert_reqs=maybe", NULL, NULL, "ssl_cert_reqs"},
	{"unix://", NULL, NULL, "socket"},
	{"unix:///run/s", "s1", NULL, "sentinels"},
	{"redis://m", "s1:26379", NULL, "REDIS_SENTINEL_HOSTS"},
	{"redis://m", "s1;s2", "0", "REDIS_SENTINEL_PORT"},
	{"redis://m", "s1", "26379x", "REDIS_SENTINEL_PORT"},
};

static void refusals_have_a_hint_and_no_password(CLEAN)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTO(redis_target) struct redis_target target = {0};
		AUTO(error) struct error *error =
			redis_target_parse(refused[i].url, refused[i].hosts, refused[i].port, &target);
		if (!error)
			fail_msg("taken: %s", refused[i].url);
		assert_int_equal(error->code, ERR_SETTINGS);
		assert_non_null(error_hint_text(error));
		AUTO(memory) char *text = error_text(error);
		if (!strstr(text, refused[i].message))
			fail_msg("%s: %s", refused[i].url, text);
		assert_null(strstr(text, "s3cret"));
		assert_null(target.host);
	}
}

static void addresses(CLEAN)
{
	AUTO(memory) char *name = redis_address("h", 1), *six = redis_address("::1", 2);
	assert_string_equal(name, "h:1");
	assert_string_equal(six, "[::1]:2");
	assert_true(redis_host_valid("a-b_c.d") && redis_host_valid("::1") && redis_host_valid("\xc3\xa4.example"));
	assert_false(redis_host_valid("") || redis_host_valid("a/b") || redis_host_valid("a:1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_mean_what_they_mean_to_open_webui),
		cmocka_unit_test(tls_parameters),
		cmocka_unit_test(sentinels),
		cmocka_unit_test(refusals_have_a_hint_and_no_password),
		cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
