/* Label selectors, by the page on labels and selectors of Kubernetes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "health/discover/kubernetes_selector.h"

static const char labels[] = "{'app': 'chat', 'tier': 'web'}";

static const struct {
	const char *selector;
	bool takes;
} cases[] = {
	{"{}", true},
	{"null", false},
	{"[]", false},
	{"{'matchLabels': {'app': 'chat'}}", true},
	{"{'matchLabels': {'app': 'chat', 'tier': 'web'}}", true},
	{"{'matchLabels': {'app': 'chat', 'tier': 'db'}}", false},
	{"{'matchLabels': {'zone': 'a'}}", false},
	{"{'matchLabels': {'app': 1}}", false},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['x', 'chat']}]}", true},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': []}]}", false},
	{"{'matchExpressions': [{'key': 'zone', 'operator': 'In', 'values': ['a']}]}", false},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['x']}]}", true},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['chat']}]}", false},
	{"{'matchExpressions': [{'key': 'zone', 'operator': 'NotIn', 'values': ['a']}]}", true},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]}", true},
	{"{'matchExpressions': [{'key': 'zone', 'operator': 'Exists'}]}", false},
	{"{'matchExpressions': [{'key': 'zone', 'operator': 'DoesNotExist'}]}", true},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'DoesNotExist'}]}", false},
	{"{'matchExpressions': [{'key': 'app', 'operator': 'Exists'}, {'key': 'tier', 'operator': 'DoesNotExist'}]}",
	 false},
	{"{'matchLabels': {'app': 'chat'}, 'matchExpressions': [{'key': 'app', 'operator': 'Likes'}]}", false},
	{"{'matchExpressions': [7]}", false},
};

static json_t *json_of(const char *text)
{
	char copy[256] = "";
	for (size_t i = 0; text[i] && i < sizeof copy - 1; i++)
		copy[i] = text[i] == '\'' ? '"' : text[i];
	return json_loads(copy, JSON_DECODE_ANY, NULL);
}

static void takes_what_it_says(void **state UNUSED)
{
	json_auto_t *own = json_of(labels);
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto_t *selector = json_of(cases[i].selector);
		assert_non_null(selector);
		assert_int_equal(selector_takes(selector, own), cases[i].takes);
	}
	assert_false(selector_takes(NULL, own));
	json_auto_t *empty = json_of("{}");
	assert_true(selector_takes(empty, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(takes_what_it_says)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
