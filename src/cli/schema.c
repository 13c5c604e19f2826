/* JSON Schema (draft 2020-12) of what commands print with -o json. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/run.h"
#include "cli/schema.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

/* A null may stand for any value of a nullable column, so `type` becomes a pair. */
static void set_type(json_t *schema, const char *type, bool nullable)
{
	json_object_set_new(schema, "type", nullable ? json_pack("[s,s]", type, "null") : json_string(type));
}

static json_t *column_schema(const struct column *column)
{
	json_t *schema = json_pack("{s:s}", "description", column->help);
	switch (column->type) {
	case COLUMN_TEXT:
		set_type(schema, "string", column->nullable);
		break;
	case COLUMN_INTEGER:
		set_type(schema, "integer", column->nullable);
		break;
	case COLUMN_BOOLEAN:
		set_type(schema, "boolean", column->nullable);
		break;
	case COLUMN_TIME:
		set_type(schema, "string", column->nullable);
		json_object_set_new(schema, "format", json_string("date-time"));
		break;
	case COLUMN_TEXTS:
		set_type(schema, "array", column->nullable);
		json_object_set_new(schema, "items", json_pack("{s:s}", "type", "string"));
		break;
	case COLUMN_JSON: /* any JSON value */
		break;
	}
	return schema;
}

static json_t *row_schema(const struct column *columns)
{
	json_t *properties = json_object(), *required = json_array();
	for (const struct column *column = columns; column->name; column++) {
		json_object_set_new(properties, column->name, column_schema(column));
		json_array_append_new(required, json_string(column->name));
	}
	return json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", properties, "required", required,
			 "additionalProperties", 0);
}

static void finish(struct str *out, const char *title, const char *description, json_t *body)
{
	json_t *schema = json_pack("{s:s,s:s,s:s}", "$schema", DIALECT, "title", title, "description", description);
	json_object_update_new(schema, body);
	AUTO(memory) char *text = json_dumps(schema, JSON_INDENT(2));
	json_decref(schema);
	str_add_format(out, "%s\n", text ? text : "");
}

void schema_write(struct str *out, const struct command *command, const char *path)
{
	json_t *row = row_schema(command->columns);
	AUTO(memory) char *title = text_format("owctl %s -o json", path);
	if (command->shape == SHAPE_LIST)
		row = json_pack("{s:s,s:o}", "type", "array", "items", row);
	finish(out, title, command->summary, row);
}

void schema_write_error(struct str *out)
{
	json_t *names = json_array();
	for (const struct exit_status *status = exit_statuses; status->name; status++)
		if (status->code)
			json_array_append_new(names, json_string(status->name));
	json_t *error = json_pack(
		"{s:s,s:{s:{s:o,s:s},s:{s:s,s:s},s:{s:s,s:s},s:{s:s,s:s},s:{s:s,s:s}},s:[s,s,s,s],s:b}", "type",
		"object", "properties", "code", "enum", names, "description", "one word, stable", "status", "type",
		"integer", "description", "the exit status", "message", "type", "string", "description",
		"what failed and why", "run", "type", "string", "description",
		"the id of the run, as in logs and audit records", "hint", "type", "string", "description",
		"what to do", "required", "code", "status", "message", "run", "additionalProperties", 0);
	finish(out, "owctl error", "what a failed command prints on standard error with -o json",
	       json_pack("{s:s,s:{s:o},s:[s]}", "type", "object", "properties", "error", error, "required", "error"));
}
