/* JSON schemas from columns; tests/real validates real output against the published ones. */
#include <jansson.h>

#include "sample.h"

#include "cli/schema.h"

static void schema_done(json_t **schema)
{
	json_decref(*schema);
}

static const char *at(json_t *schema, const char *a, const char *b, const char *c)
{
	return json_string_value(json_object_get(json_object_get(json_object_get(schema, a), b), c));
}

static void test_list(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	schema_write(&text, &sample_list, "user list");
	__attribute__((cleanup(schema_done))) json_t *schema = json_loads(text.data, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(schema, "title")), "owctl user list -o json");
	assert_string_equal(json_string_value(json_object_get(schema, "type")), "array");
	json_t *row = json_object_get(schema, "items");
	assert_string_equal(at(row, "properties", "id", "type"), "string");
	assert_string_equal(at(row, "properties", "count", "type"), "integer");
	assert_string_equal(at(row, "properties", "active", "type"), "boolean");
	assert_string_equal(at(row, "properties", "seen_at", "format"), "date-time");
	assert_string_equal(at(row, "properties", "groups", "type"), "array");
	assert_null(at(row, "properties", "info", "type"));
	json_t *nullable = json_object_get(json_object_get(json_object_get(row, "properties"), "seen_at"), "type");
	assert_string_equal(json_string_value(json_array_get(nullable, 1)), "null");
	assert_int_equal(json_array_size(json_object_get(row, "required")), 6);
}

static void test_object_and_error(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	schema_write(&text, &sample_status, "status");
	__attribute__((cleanup(schema_done))) json_t *schema = json_loads(text.data, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(schema, "type")), "object");
	assert_string_equal(at(schema, "properties", "id", "type"), "string");
	AUTO(str) struct str failure = {0};
	schema_write_error(&failure);
	__attribute__((cleanup(schema_done))) json_t *error_schema = json_loads(failure.data, 0, NULL);
	assert_string_equal(at(error_schema, "properties", "error", "type"), "object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_object_and_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
