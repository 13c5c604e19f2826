#include "openwebui/groups.h"

#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "base/random.h"
#include "openwebui/schema.h"
#include "openwebui/users.h"

void group_cleanup(struct group *group)
{
	free(group->id);
	free(group->name);
	free(group->description);
	free(group->parent);
	*group = (struct group){0};
}

static fallible select_groups(struct installation *installation, const char *rest, const struct db_value *parameters,
			      size_t count, struct db_rows **rows)
{
	bool nested = schema_has(installation->read_as, "group", "parent_group_id");
	AUTO(memory) char *sql = text_format(
		"select g.id, g.name, g.description, %s,"
		" (select count(*) from group_member m where m.group_id = g.id), g.created_at, g.updated_at"
		" from \"group\" g%s",
		nested ? "g.parent_group_id" : "null", rest);
	return db_query(installation->db, sql, parameters, count, rows);
}

fallible groups_select(struct installation *installation, const char *search, struct db_rows **rows)
{
	if (!search)
		return select_groups(installation, " order by g.name, g.id", NULL, 0, rows);
	struct db_value parameter = db_text(search);
	const char *lower = db_lower(installation->db);
	AUTO(memory) char *rest = text_format(" where %s(%s(g.name), %s($1)) > 0 order by g.name, g.id",
					      db_pick(installation->db, "instr", "strpos"), lower, lower);
	return select_groups(installation, rest, &parameter, 1, rows);
}

static void read_group(const struct db_rows *rows, struct group *group)
{
	group_cleanup(group);
	group->id = text_copy(db_cell_text(rows, GROUP_ID));
	group->name = text_copy(db_cell_text(rows, GROUP_NAME));
	group->description = text_copy(db_cell_text(rows, GROUP_DESCRIPTION));
	group->parent = text_copy(db_cell_text(rows, GROUP_PARENT));
	group->members = db_cell_integer(rows, GROUP_MEMBERS);
	group->created_at = db_cell_integer(rows, GROUP_CREATED_AT);
	group->updated_at = db_cell_integer(rows, GROUP_UPDATED_AT);
}

fallible group_find(struct installation *installation, const char *which, struct group *group)
{
	struct db_value parameter = db_text(which);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(select_groups(installation, " where g.name = $1 or g.id = $1 order by g.created_at, g.id", &parameter, 1,
			  &rows));
	AUTO(strings) struct strings ids = {0};
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		read_group(rows, group);
		strings_add(&ids, group->id ? group->id : "no id");
	}
	TRY(error);
	if (!ids.count)
		return error_hint(error_new(ERR_INPUT, "there is no group \"%s\"", which),
				  "`owctl group list` shows them");
	if (ids.count > 1) {
		group_cleanup(group);
		AUTO(memory) char *list = strings_join(&ids, ", ");
		return error_hint(error_new(ERR_INPUT, "%zu groups are named \"%s\"", ids.count, which),
				  "name one by its id: %s", list);
	}
	if (!group->id) /* a table that was copied without its constraints */
		return error_hint(error_new(ERR_INPUT, "the group \"%s\" has no id in the database", which),
				  "the row can't be named, and the server can't use it: mend it by hand");
	return NULL;
}

/* Who may share with the new group: the value of data.config.share that the server itself would store, or means where
 * it stores none. */
static fallible share_of_new_group(struct installation *installation, const char **data)
{
	const char *value = NULL;
	if (schema_shares_with_members(installation->read_as))
		TRY(settings_get(installation->settings, "DEFAULT_GROUP_SHARE_PERMISSION", &value));
	if (!value || !strcasecmp(value, "true"))
		*data = "{\"config\": {\"share\": true}}";
	else if (!strcasecmp(value, "members"))
		*data = "{\"config\": {\"share\": \"members\"}}";
	else
		*data = "{\"config\": {\"share\": false}}";
	return NULL;
}

fallible group_create(struct installation *installation, const char *name, const char *description, int64_t now,
		      char **id)
{
	const char *share;
	TRY(share_of_new_group(installation, &share));
	AUTO(memory) char *owner = NULL;
	TRY(user_primary(installation, &owner));
	char uuid[UUID_TEXT_SIZE];
	random_uuid(uuid);
	struct db_value parameters[] = {db_text(uuid), db_text(owner ? owner : ""), db_text(name),
					db_text(description ? description : ""), db_text(share), db_integer(now)};
	TRY(db_run(installation->db,
		   "insert into \"group\" (id, user_id, name, description, data, created_at, updated_at)"
		   " values ($1, $2, $3, $4, $5, $6, $6)",
		   parameters, COUNT(parameters), NULL));
	*id = text_copy(uuid);
	return NULL;
}

fallible group_delete(struct installation *installation, const struct group *group, int64_t now)
{
	struct db_value id = db_text(group->id);
	if (schema_has(installation->read_as, "group", "parent_group_id")) {
		struct db_value parameters[] = {db_text(group->parent), db_integer(now), id};
		TRY(db_run(installation->db,
			   "update \"group\" set parent_group_id = $1, updated_at = $2 where parent_group_id = $3",
			   parameters, COUNT(parameters), NULL));
	}
	TRY(db_run(installation->db, "delete from group_member where group_id = $1", &id, 1, NULL));
	if (schema_has_table(installation->read_as, "access_grant"))
		TRY(db_run(installation->db,
			   "delete from access_grant where principal_type = 'group' and principal_id = $1", &id, 1,
			   NULL));
	return db_run(installation->db, "delete from \"group\" where id = $1", &id, 1, NULL);
}

fallible group_is_gone(struct installation *installation, const struct group *group, bool *gone)
{
	struct db_value id = db_text(group->id);
	const char *children = schema_has(installation->read_as, "group", "parent_group_id")
				       ? " or exists (select 1 from \"group\" where parent_group_id = $1)"
				       : "";
	const char *grants = schema_has_table(installation->read_as, "access_grant")
				     ? " or exists (select 1 from access_grant where principal_type = 'group' and"
				       " principal_id = $1)"
				     : "";
	AUTO(memory) char *sql = text_format("select case when exists (select 1 from \"group\" where id = $1) or exists"
					     " (select 1 from group_member where group_id = $1)%s%s then 1 else 0 end",
					     children, grants);
	int64_t left;
	TRY(db_single_integer(installation->db, sql, &id, 1, &left));
	*gone = !left;
	return NULL;
}

fallible group_is_as_made(struct installation *installation, const struct group *group, bool *as_made)
{
	struct db_value parameters[] = {db_text(group->id), db_text(group->name), db_text(group->description)};
	int64_t count;
	TRY(db_single_integer(installation->db,
			      "select count(*) from \"group\" where id = $1 and name = $2 and description = $3",
			      parameters, COUNT(parameters), &count));
	*as_made = count == 1;
	return NULL;
}

fallible group_name_taken(struct installation *installation, const char *name, bool *taken)
{
	struct db_value parameter = db_text(name);
	int64_t count;
	TRY(db_single_integer(installation->db, "select count(*) from \"group\" where name = $1", &parameter, 1,
			      &count));
	*taken = count > 0;
	return NULL;
}

fallible group_touch(struct installation *installation, const char *group, int64_t now)
{
	struct db_value parameters[] = {db_integer(now), db_text(group)};
	return db_run(installation->db, "update \"group\" set updated_at = $1 where id = $2", parameters,
		      COUNT(parameters), NULL);
}
