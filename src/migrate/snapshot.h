/* The content of a version as JSON, put together member by member: "{", members, "}". */
#ifndef MIGRATE_SNAPSHOT_H
#define MIGRATE_SNAPSHOT_H

#include "base/json_tree.h"
#include "db/db.h"

/* `text`: NULL is null. Texts that hold a NUL end there: no database that Open WebUI takes has one. */
void snapshot_add_text(struct str *json, const char *name, const char *text);
void snapshot_add_node(struct str *json, const char *name, const struct json_node *node);

/* Reads a cell that holds JSON; NULL and no text are {}. ERR_INPUT if it is no JSON. */
fallible snapshot_read_any(struct json_tree *tree, struct db_value cell) MUST_CHECK;
/* The same where all that Python takes for nothing (null, false, 0, an empty list) is {}. */
fallible snapshot_read(struct json_tree *tree, struct db_value cell) MUST_CHECK;
/* The same for one that has to be an object. */
fallible snapshot_read_object(struct json_tree *tree, struct db_value cell) MUST_CHECK;

/* Whether the JSON has numbers that only Python writes: NaN, Infinity, -Infinity. PostgreSQL's json refuses them. */
bool snapshot_is_only_pythons(const struct str *json);

bool snapshot_is_nothing(const struct json_node *node); /* as Python's `not value` */

#endif
