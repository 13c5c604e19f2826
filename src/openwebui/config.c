#include "openwebui/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "openwebui/schema.h"

static fallible read_json(struct installation *installation, const char *sql, const struct db_value *parameters,
			  size_t count, json_t **value)
{
	bool found;
	AUTO(memory) char *text = NULL;
	TRY(db_single_text(installation->db, sql, parameters, count, &found, &text));
	*value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	return NULL;
}

static json_t *descend(json_t *document, const char *key)
{
	AUTO(strings) struct strings path = {0};
	strings_split(&path, key, '.');
	json_t *at = document;
	for (size_t i = 0; at && i < path.count; i++)
		at = json_object_get(at, path.items[i]);
	return json_incref(at);
}

fallible config_read(struct installation *installation, const char *key, json_t **value)
{
	struct db_value parameter = db_text(key);
	if (schema_has(installation->read_as, "config", "key"))
		return read_json(installation, "select cast(value as text) from config where key = $1", &parameter, 1,
				 value);
	json_auto_t *document = NULL;
	TRY(read_json(installation, "select cast(data as text) from config order by id desc limit 1", NULL, 0,
		      &document));
	*value = descend(document, key);
	return NULL;
}

/* Numbers with units in a row, as upstream's parse_duration reads them; what it can't read it ignores. */
static double read_lifetime(const char *text)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
	double total = 0;
	while (*text) {
		char *end;
		double number = strtod(text, &end);
		size_t i = 0;
		while (end != text && i < COUNT(units) && !text_starts(end, units[i].unit))
			i++;
		if (end == text || i == COUNT(units)) {
			text++;
			continue;
		}
		total += number * units[i].seconds;
		text = end + strlen(units[i].unit);
	}
	return total;
}

fallible config_session_lifetime(struct installation *installation, int64_t *seconds)
{
	json_auto_t *value = NULL;
	TRY(config_read(installation, "auth.jwt_expiry", &value));
	double lifetime = json_is_string(value) ? read_lifetime(json_string_value(value)) : 0;
	*seconds = lifetime >= 1 && lifetime < 1e12 ? (int64_t)lifetime : 0;
	return NULL;
}

fallible config_default_group(struct installation *installation, struct strings *ids)
{
	json_auto_t *value = NULL;
	TRY(config_read(installation, "ui.default_group_id", &value));
	const char *id = json_string_value(value);
	if (!id || !*id)
		return NULL;
	struct db_value parameter = db_text(id);
	int64_t exists;
	TRY(db_single_integer(installation->db, "select count(*) from \"group\" where id = $1", &parameter, 1,
			      &exists));
	if (exists)
		strings_add(ids, id);
	return NULL;
}
