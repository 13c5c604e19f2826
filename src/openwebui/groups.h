/* Groups: rows of "group", members in group_member. Names are not unique upstream, so a name stands for a group only
 * where it is the only one. All inside the open transaction. */
#ifndef OPENWEBUI_GROUPS_H
#define OPENWEBUI_GROUPS_H

#include "openwebui/installation.h"

struct group {
	char *id, *name, *description, *parent;
	int64_t members, created_at, updated_at; /* times in seconds; 0 when unknown */
};
void group_cleanup(struct group *group);

/* Finds a group by id, or by its exact name. ERR_INPUT when there is none, or when the name stands for several (the
 * hint gives their ids). */
fallible group_find(struct installation *installation, const char *which, struct group *group) MUST_CHECK;

/* Columns of groups_select, in this order. */
enum { GROUP_ID, GROUP_NAME, GROUP_DESCRIPTION, GROUP_PARENT, GROUP_MEMBERS, GROUP_CREATED_AT, GROUP_UPDATED_AT };
fallible groups_select(struct installation *installation, const char *search, struct db_rows **rows) MUST_CHECK;

/* Makes a group as Open WebUI's form does: owned by the primary administrator; who may share with it says
 * DEFAULT_GROUP_SHARE_PERMISSION (else its members), and before schema_shares_with_members everybody may. */
fallible group_create(struct installation *installation, const char *name, const char *description, int64_t now,
		      char **id) MUST_CHECK;

/* Removes a group, its memberships and the grants that name it; its children move to its parent. */
fallible group_delete(struct installation *installation, const struct group *group, int64_t now) MUST_CHECK;

/* What is to be seen after the two: the group as it was made; no trace of it: of its children, members or grants. */
fallible group_is_as_made(struct installation *installation, const struct group *group, bool *as_made) MUST_CHECK;
fallible group_is_gone(struct installation *installation, const struct group *group, bool *gone) MUST_CHECK;

fallible group_name_taken(struct installation *installation, const char *name, bool *taken) MUST_CHECK;

/* ---- direct members (group_members.c): accounts by their ids, many by few statements ---- */

/* Which of the accounts are members: member[i] of users[i]. */
fallible group_members_among(struct installation *installation, const char *group, const char *const *users,
			     size_t count, bool *member) MUST_CHECK;

/* Adds accounts that are no members yet, or removes members, and sets the group's updated_at. Whether the database did
 * as it was told, group_members_among says. */
fallible group_add_members(struct installation *installation, const char *group, const char *const *users, size_t count,
			   int64_t now) MUST_CHECK;
fallible group_remove_members(struct installation *installation, const char *group, const char *const *users,
			      size_t count, int64_t now) MUST_CHECK;
fallible group_touch(struct installation *installation, const char *group, int64_t now) MUST_CHECK; /* updated_at */

#endif
