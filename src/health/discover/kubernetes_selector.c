#include "health/discover/kubernetes_selector.h"

#include "health/discover/api.h"

static bool is_among(const json_t *values, const char *value)
{
	for (size_t i = 0; i < json_array_size(values); i++)
		if (text_equal(json_string_value(json_array_get(values, i)), value))
			return true;
	return false;
}

static bool is_true_of(const json_t *expression, const json_t *labels)
{
	const char *key = json_text(expression, "key"), *operator = json_text(expression, "operator");
	const char *value = key ? json_text(labels, key) : NULL;
	const json_t *values = json_object_get(expression, "values");
	if (text_equal(operator, "In"))
		return value && is_among(values, value);
	if (text_equal(operator, "NotIn"))
		return !value || !is_among(values, value);
	if (text_equal(operator, "Exists"))
		return value != NULL;
	return text_equal(operator, "DoesNotExist") && !value;
}

bool selector_takes(const json_t *selector, const json_t *labels)
{
	json_t *wanted = json_object_get(selector, "matchLabels"), *value;
	const json_t *expressions = json_object_get(selector, "matchExpressions");
	const char *key;
	if (!json_is_object(selector))
		return false;
	json_object_foreach(wanted, key, value)
		if (!json_is_string(value) || !text_equal(json_text(labels, key), json_string_value(value)))
			return false;
	for (size_t i = 0; i < json_array_size(expressions); i++)
		if (!is_true_of(json_array_get(expressions, i), labels))
			return false;
	return true;
}
