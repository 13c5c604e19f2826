/* What a check needs, and what is said where that is not there. */
#include "health_scene.h"

static void assert_lacks(unsigned needs, const char *why)
{
	const char *told = NULL;
	assert_int_equal(needs_are_met(&scene, needs, &told), why == NULL);
	if (why)
		assert_string_equal(told, why);
}

static void what_is_missing_is_told_from_its_ground_up(void **state UNUSED)
{
	assert_lacks(0, NULL);
	assert_lacks(NEEDS_BALANCER, "WEBUI_URL is not set");
	assert_lacks(NEEDS_TLS, "WEBUI_URL is not set");
	scene.fleet.at_front.looked = true;
	assert_lacks(NEEDS_ADDRESS, NULL);
	assert_lacks(NEEDS_BALANCER, "WEBUI_URL is taken for the only replica");
	assert_lacks(NEEDS_TLS, "WEBUI_URL has no TLS");
	scene.fleet.front.url = text_copy("http://a:1");
	assert_lacks(NEEDS_FRONT, NULL);
	assert_lacks(NEEDS_BALANCER | NEEDS_REPLICAS, "no Open WebUI answers at WEBUI_URL");
	scene.fleet.front.release = text_copy("0.12.4");
	assert_lacks(NEEDS_BALANCER, NULL);
	assert_lacks(NEEDS_REPLICAS, "no replica answers");
	add("http://a:1", NULL);
	add("http://b:1", "0.12.4");
	assert_lacks(NEEDS_REPLICAS, NULL);
	assert_lacks(NEEDS_TWO_REPLICAS, "there are no two replicas that answer");
	add("http://c:1", "0.12.4");
	assert_lacks(NEEDS_TWO_REPLICAS, NULL);
}

static void what_was_not_reached_is_told_apart_from_what_there_is_none_of(void **state UNUSED)
{
	assert_lacks(NEEDS_REDIS, "Redis was not reached");
	assert_lacks(NEEDS_STORAGE, "the place of uploads was not reached");
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "the database was not reached");
	scene.redis.sight.absent = scene.storage.sight.absent = scene.database.sight.absent = true;
	assert_lacks(NEEDS_REDIS, "no Redis is set");
	assert_lacks(NEEDS_REDIS_NAMED, "no Redis is set");
	assert_lacks(NEEDS_STORAGE, "it is not known where uploads are");
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "no database is set");
	scene.database.sight = (struct sight){.seen = true};
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "the database is a file");
	assert_lacks(NEEDS_DATABASE | NEEDS_DATABASE_FILE, NULL);
	assert_int_equal(check_needs(check_find("OW404")) & NEEDS_REDIS, NEEDS_REDIS); /* by its stage */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_SCENE(what_is_missing_is_told_from_its_ground_up),
		IN_A_SCENE(what_was_not_reached_is_told_apart_from_what_there_is_none_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
