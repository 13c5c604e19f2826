/* Where addresses lead, by the registries of IANA for special IPv4 and IPv6 addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "health/address.h"

static void test_this_machine(void **state)
{
	static const char *const own[] = {"localhost", "127.0.0.1", "127.9.8.7:80", "::1", "http://[::1]:8080/x",
					  "http://user:word@localhost:8080", "https://127.0.0.1", "::ffff:127.0.0.1"};
	static const char *const others[] = {"localhost.example", "10.0.0.1", "http://127.example", "[fe80::1]:80",
					     "http://localhost@chat.example/", "", "128.0.0.1", "::2"};
	(void)state;
	for (size_t i = 0; i < COUNT(own); i++)
		assert_true(address_is_own(own[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(address_is_own(others[i]));
}

static void test_the_internet(void **state)
{
	static const char *const open[] = {"1.1.1.1", "8.8.8.8:5432", "172.15.255.255", "172.32.0.0", "100.63.0.1",
					   "100.128.0.1", "11.0.0.0", "2606:4700::1111", "[2001:4860::8888]:5432",
					   "::ffff:9.9.9.9", "192.167.1.1", "169.253.0.1"};
	static const char *const inner[] = {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1",
					    "100.64.0.1", "100.127.255.255", "169.254.169.254", "::1", "fe80::1",
					    "fd00::1", "db.example", "localhost", "::ffff:10.0.0.1"};
	(void)state;
	for (size_t i = 0; i < COUNT(open); i++)
		assert_true(address_is_public(open[i]));
	for (size_t i = 0; i < COUNT(inner); i++)
		assert_false(address_is_public(inner[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_this_machine), cmocka_unit_test(test_the_internet)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
