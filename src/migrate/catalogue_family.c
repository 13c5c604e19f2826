/* Which of the ways in which releases made databases a database was made, and what that makes different. Releases
 * before 0.9.6 made the first tables with peewee, before their Alembic found them: with NOT NULL on nearly all columns,
 * and on SQLite with types of its own. Tables made since are the same everywhere. */
#include <string.h>

#include "migrate/catalogue.h"

const char *const family_names[] = {NULL, "alembic", "alembic-0.9.6", "peewee", "peewee-0.9.6"};

/* A column of peewee's that differs: it is NOT NULL, where Alembic's own may be NULL, or of another type, or both. */
static const struct peewee_column {
	const char *table, *column;
	bool required;
	enum type_class type; /* on SQLite; of those of the same type TYPE_OTHER */
} peewee_columns[] = {
	{"auth", "email", true, TYPE_OTHER},
	{"auth", "password", true, TYPE_OTHER},
	{"auth", "active", true, TYPE_INTEGER},
	{"chat", "user_id", true, TYPE_OTHER},
	{"chat", "title", true, TYPE_OTHER},
	{"chat", "chat", true, TYPE_OTHER}, /* until 242a2047eae0 makes it anew */
	{"chat", "created_at", true, TYPE_TIME},
	{"chat", "updated_at", true, TYPE_TIME},
	{"chat", "archived", true, TYPE_INTEGER},
	{"chatidtag", "tag_name", true, TYPE_OTHER},
	{"chatidtag", "chat_id", true, TYPE_OTHER},
	{"chatidtag", "user_id", true, TYPE_OTHER},
	{"chatidtag", "timestamp", true, TYPE_OTHER},
	{"document", "name", true, TYPE_OTHER},
	{"document", "title", true, TYPE_OTHER},
	{"document", "filename", true, TYPE_OTHER},
	{"document", "user_id", true, TYPE_OTHER},
	{"document", "timestamp", true, TYPE_OTHER},
	{"file", "user_id", true, TYPE_OTHER},
	{"file", "filename", true, TYPE_OTHER},
	{"file", "created_at", true, TYPE_OTHER},
	{"file", "meta", true, TYPE_OTHER}, /* until c29facfe716b */
	{"function", "user_id", true, TYPE_OTHER},
	{"function", "name", true, TYPE_OTHER},
	{"function", "type", true, TYPE_OTHER},
	{"function", "content", true, TYPE_OTHER},
	{"function", "meta", true, TYPE_OTHER},
	{"function", "is_active", true, TYPE_INTEGER},
	{"function", "is_global", true, TYPE_INTEGER},
	{"function", "updated_at", true, TYPE_OTHER},
	{"function", "created_at", true, TYPE_OTHER},
	{"memory", "user_id", true, TYPE_OTHER},
	{"memory", "content", true, TYPE_OTHER},
	{"memory", "updated_at", true, TYPE_OTHER},
	{"memory", "created_at", true, TYPE_OTHER},
	{"model", "user_id", true, TYPE_OTHER},
	{"model", "name", true, TYPE_OTHER},
	{"model", "params", true, TYPE_OTHER},
	{"model", "meta", true, TYPE_OTHER},
	{"model", "updated_at", true, TYPE_OTHER},
	{"model", "created_at", true, TYPE_OTHER},
	{"prompt", "user_id", true, TYPE_OTHER},
	{"prompt", "title", true, TYPE_OTHER}, /* these three until 374d2f66af06 makes the table anew */
	{"prompt", "content", true, TYPE_OTHER},
	{"prompt", "timestamp", true, TYPE_OTHER},
	{"tag", "name", true, TYPE_OTHER},
	{"tag", "user_id", true, TYPE_OTHER},
	{"tool", "user_id", true, TYPE_OTHER},
	{"tool", "name", true, TYPE_OTHER},
	{"tool", "content", true, TYPE_OTHER},
	{"tool", "specs", true, TYPE_OTHER},
	{"tool", "meta", true, TYPE_OTHER},
	{"tool", "updated_at", true, TYPE_OTHER},
	{"tool", "created_at", true, TYPE_OTHER},
	{"user", "name", true, TYPE_OTHER},
	{"user", "email", true, TYPE_OTHER},
	{"user", "role", true, TYPE_OTHER},
	{"user", "profile_image_url", true, TYPE_OTHER},
	{"user", "last_active_at", true, TYPE_OTHER},
	{"user", "updated_at", true, TYPE_OTHER},
	{"user", "created_at", true, TYPE_OTHER},
};

#define BIT(family) (1u << (family))
#define PEEWEE (BIT(FAMILY_PEEWEE) | BIT(FAMILY_PEEWEE_096))
#define ALL (PEEWEE | BIT(FAMILY_ALEMBIC) | BIT(FAMILY_ALEMBIC_096))

/* A table (without a column) or a column that is there besides, and is nobody's own. */
static const struct addition {
	unsigned families;
	const char *table, *column;
} additions[] = {
	{ALL, "alembic_version", NULL},
	{ALL, "document_chunk", NULL}, /* Open WebUI makes it for pgvector, apart from migrations */
	{PEEWEE, "migratehistory", NULL},
	{PEEWEE, "document", "id"},
	{PEEWEE, "prompt", "id"}, /* before 374d2f66af06 */
	{BIT(FAMILY_ALEMBIC_096), "chat", "old_chat"},
	/* What a broken migration leaves: migrate/faults.h tells it. */
	{ALL, "group", "user_ids"},
	{ALL, "user", "info_json"},
	{ALL, "user", "settings_json"},
	{ALL, "channel", "access_control"},
	{ALL, "file", "access_control"},
	{ALL, "knowledge", "access_control"},
	{ALL, "model", "access_control"},
	{ALL, "note", "access_control"},
	{ALL, "prompt", "access_control"},
	{ALL, "tool", "access_control"},
	{PEEWEE, "chat", "old_chat"},
};

/* Indexes that are not in the SQL of the chain for SQLite. */
static const struct {
	unsigned families;
	const char *table, *name;
} more_indexes[] = {
	{ALL, "file", "file_pending_knowledge_idx"}, /* PostgreSQL's alone */
};

static const struct peewee_column *peewee_column(enum family family, const char *table, const char *column)
{
	if (!(BIT(family) & PEEWEE))
		return NULL;
	for (size_t i = 0; i < COUNT(peewee_columns); i++)
		if (!strcmp(peewee_columns[i].table, table) && !strcmp(peewee_columns[i].column, column))
			return &peewee_columns[i];
	return NULL;
}

bool family_has_type(enum family family, const char *table, const struct column_shape *live)
{
	const struct peewee_column *column = peewee_column(family, table, live->name);
	return column && live->type == column->type && live->type != TYPE_OTHER;
}

bool family_requires(enum family family, const char *table, const char *column)
{
	const struct peewee_column *found = peewee_column(family, table, column);
	return found && found->required;
}

bool family_has_more(enum family family, const char *table, const char *column)
{
	for (size_t i = 0; i < COUNT(additions); i++)
		if ((additions[i].families & BIT(family)) && !strcmp(additions[i].table, table) &&
		    text_equal(additions[i].column, column))
			return true;
	return false;
}

bool family_has_index(enum family family, const char *table, const char *index)
{
	for (size_t i = 0; i < COUNT(more_indexes); i++)
		if ((more_indexes[i].families & BIT(family)) && !strcmp(more_indexes[i].table, table) &&
		    !strcmp(more_indexes[i].name, index))
			return true;
	return false;
}

/* ---- which one it is ---- */

static bool has_index(const struct table_shape *table, const char *name)
{
	for (size_t i = 0; table && i < table->key_count; i++)
		if (table->keys[i].kind != KEY_FOREIGN && text_equal(table->keys[i].name, name))
			return true;
	return false;
}

/* Of the tables that 0.9.6 and later made anew in 461111b60977 the indexes stayed; one of them suffices, should others
 * be lost. */
static bool is_peewees(const struct catalogue *live)
{
	static const char *const indexes[][2] = {{"auth", "auth_id"}, {"chat", "chat_id"}, {"file", "file_id"},
						 {"tool", "tool_id"}, {"model", "model_id"}};
	if (catalogue_table(live, "migratehistory") || catalogue_column(catalogue_table(live, "document"), "id"))
		return true;
	for (size_t i = 0; i < COUNT(indexes); i++)
		if (has_index(catalogue_table(live, indexes[i][0]), indexes[i][1]))
			return true;
	return false;
}

/* Releases up to 0.8.12 made a constraint uq_user_id in 38d63c18f30f. On SQLite it needs no index beside the key's. */
static bool came_through_096(const struct table_shape *user)
{
	return user && !has_index(user, "uq_user_id") && !(user->text && strstr(user->text, "uq_user_id"));
}

enum family catalogue_family(const struct catalogue *live)
{
	const struct table_shape *chat = catalogue_table(live, "chat");
	if (!chat)
		return FAMILY_NONE;
	if (!is_peewees(live))
		return catalogue_column(chat, "old_chat") ? FAMILY_ALEMBIC_096 : FAMILY_ALEMBIC;
	bool crossed = catalogue_table(live, "oauth_session"); /* which 38d63c18f30f makes */
	return crossed && came_through_096(catalogue_table(live, "user")) ? FAMILY_PEEWEE_096 : FAMILY_PEEWEE;
}
