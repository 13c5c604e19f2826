#include "backup/user_rows.h"

#include <stdlib.h>
#include <string.h>

#include "backup/row_filter.h"
#include "backup/set_aside.h"
#include "backup/user_rows_plan.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "db/copy_text.h"
#include "openwebui/account_rules.h"
#include "openwebui/schema.h"

void user_rows_cleanup(struct user_rows *rows)
{
	free(rows->id);
	free(rows->role);
	catalogue_cleanup(&rows->live);
	tables_cleanup(&rows->tables);
}

/* ---- which rows ---- */

/* What an account owns is added but for these. */
enum exception {
	NEVER, /* the installation's as much as one person's; and tokens, which may have been taken away since */
	WITH_ACCOUNT, /* rights: an account that is there has those that it is to have now */
	/* With a row that is added, whoever owns them; what is missing of one that is there, was deleted. */
	WITH_PARENT,
};
static const struct {
	const char *table;
	enum exception how;
	const char *column, *parent; /* WITH_PARENT */
} exceptions[] = {
	{"oauth_session", NEVER, NULL, NULL},
	{"api_key", NEVER, NULL, NULL},
	{"group", NEVER, NULL, NULL},
	{"function", NEVER, NULL, NULL},
	{"function_history", NEVER, NULL, NULL},
	{"channel", NEVER, NULL, NULL},
	{"channel_member", NEVER, NULL, NULL},
	{"channel_file", NEVER, NULL, NULL},
	{"channel_webhook", NEVER, NULL, NULL},
	{"message", NEVER, NULL, NULL},
	{"message_reaction", NEVER, NULL, NULL},
	{"auth", WITH_ACCOUNT, NULL, NULL},
	{"group_member", WITH_ACCOUNT, NULL, NULL},
	{"chat_message", WITH_PARENT, "chat_id", "chat"},
	{"chat_file", WITH_PARENT, "chat_id", "chat"},
	{"shared_chat", WITH_PARENT, "chat_id", "chat"},
	{"chatidtag", WITH_PARENT, "chat_id", "chat"},
	{"knowledge_directory", WITH_PARENT, "knowledge_id", "knowledge"},
	{"knowledge_file", WITH_PARENT, "knowledge_id", "knowledge"},
	{"model_history", WITH_PARENT, "model_id", "model"},
	{"prompt_history", WITH_PARENT, "prompt_id", "prompt"},
	{"tool_history", WITH_PARENT, "tool_id", "tool"},
	{"skill_history", WITH_PARENT, "skill_id", "skill"},
	{"calendar_event", WITH_PARENT, "calendar_id", "calendar"},
	{"calendar_event_attendee", WITH_PARENT, "event_id", "calendar_event"},
};

static size_t exception_of(const char *table)
{
	size_t i = 0;
	while (i < COUNT(exceptions) && strcmp(exceptions[i].table, table) != 0)
		i++;
	return i;
}

struct wanted {
	const struct table *table;
	size_t column;
	struct strings values; /* as lines have them, sorted */
	struct strings emails; /* of all accounts, where one of them is looked for */
	const char *email;
};
static void wanted_cleanup(struct wanted *wanted)
{
	strings_cleanup(&wanted->values);
	strings_cleanup(&wanted->emails);
}

static bool takes(void *state, const char *line, size_t size)
{
	struct wanted *wanted = state;
	size_t field_size;
	const char *field = row_field(line, size, wanted->column, &field_size);
	AUTO(memory) char *value = text_copy_n(field, field_size);
	if (!wanted->email)
		return strings_have_sorted(&wanted->values, value);
	char *normal = email_normalize(value);
	strings_add_taken(&wanted->emails, normal);
	return !strcmp(normal, wanted->email);
}

static void add_values(struct wanted *wanted, const struct strings *values)
{
	for (size_t i = 0; i < values->count; i++) {
		AUTO(str) struct str escaped = {0};
		copy_add_text(&escaped, values->items[i], strlen(values->items[i]));
		strings_add(&wanted->values, str_text(&escaped));
	}
	strings_sort(&wanted->values);
}

/* ---- from the snapshot into a temporary table ---- */

struct staging {
	const struct rows_target *target;
	const struct database_copy *copy;
	struct user_rows *rows;
};

static fallible stage(struct staging *staging, const char *noun, struct wanted *wanted)
{
	struct rows_target target = *staging->target;
	const struct table *table = wanted->table;
	const struct row_filter filter = {takes, wanted};
	AUTO(memory) char *into = user_plan_name(table->name);
	AUTO(rows_loaded) struct rows_loaded loaded = {0};
	struct user_rows *rows = staging->rows;
	if (rows->count == MOST_USER_KINDS)
		return error_new(ERR_FAILED, "there are more than %d kinds of rows", MOST_USER_KINDS);
	TRY(user_plan_make(target.db, rows, table));
	target.filter = &filter;
	target.into = into;
	TRY(rows_load(&target, table, &loaded));
	rows->kinds[rows->count++] = (struct user_kind){.from = table, .noun = noun};
	return NULL;
}

/* Whether the snapshot has such a table and column. */
static bool find(const struct staging *staging, const char *table, const char *column, struct wanted *wanted)
{
	wanted->table = tables_find(&staging->copy->tables, table);
	for (size_t i = 0; wanted->table && i < wanted->table->columns.count; i++)
		if (!strcmp(wanted->table->columns.items[i], column)) {
			wanted->column = i;
			return true;
		}
	return false;
}

static fallible stage_owned(struct staging *staging, const struct possession *kind)
{
	AUTO(wanted) struct wanted wanted = {0};
	AUTO(strings) struct strings id = {0};
	size_t how = exception_of(kind->table);
	bool comes = how == COUNT(exceptions) || (exceptions[how].how == WITH_ACCOUNT && staging->rows->is_new);
	if (!comes || !find(staging, kind->table, kind->column, &wanted))
		return NULL;
	strings_add(&id, staging->rows->id);
	add_values(&wanted, &id);
	TRY(stage(staging, kind->noun, &wanted));
	return user_plan_take_out_there(staging->target->db, staging->rows);
}

static fallible stage_with_parent(struct staging *staging, const struct possession *kind)
{
	AUTO(wanted) struct wanted wanted = {0};
	AUTO(strings) struct strings parents = {0};
	size_t how = exception_of(kind->table);
	if (how == COUNT(exceptions) || exceptions[how].how != WITH_PARENT)
		return NULL;
	if (!user_plan_has(staging->rows, exceptions[how].parent) ||
	    !find(staging, kind->table, exceptions[how].column, &wanted))
		return NULL;
	AUTO(memory) char *name = user_plan_name(exceptions[how].parent);
	AUTO(memory) char *sql = text_format("SELECT id FROM %s", name);
	TRY(db_texts(staging->target->db, sql, NULL, 0, &parents));
	add_values(&wanted, &parents);
	TRY(stage(staging, kind->noun, &wanted));
	return user_plan_take_out_there(staging->target->db, staging->rows);
}

/* ---- whose ---- */

static fallible not_there(const struct wanted *wanted)
{
	AUTO(strings) struct strings near = {0};
	suggest(wanted->email, (const char *const *)wanted->emails.items, wanted->emails.count, &near);
	struct error *error = error_new(ERR_INPUT, "the snapshot has no account %s", wanted->email);
	return near.count ? error_hint(error, "did you mean %s?", near.items[0])
			  : error_hint(error, "an earlier snapshot may have it: --as-of TIME");
}

static fallible stage_account(struct staging *staging, const char *email)
{
	AUTO(wanted) struct wanted wanted = {0};
	AUTO(memory) char *normal = email_normalize(email);
	struct db *db = staging->target->db;
	struct user_rows *rows = staging->rows;
	int64_t found;
	bool has_id, has_role;
	wanted.email = normal;
	if (!find(staging, "user", "email", &wanted))
		return not_there(&wanted);
	TRY(stage(staging, "accounts", &wanted));
	TRY(db_single_integer(db, "SELECT count(*) FROM " USER_PLAN_PREFIX "user", NULL, 0, &found));
	if (!found)
		return not_there(&wanted);
	if (found > 1)
		return error_hint(error_new(ERR_INPUT, "the snapshot has %lld accounts %s", (long long)found, normal),
				  "restore it whole into another database, and see `owctl user conflicts` there");
	TRY(db_single_text(db, "SELECT id FROM " USER_PLAN_PREFIX "user", NULL, 0, &has_id, &rows->id));
	TRY(db_single_text(db, "SELECT role FROM " USER_PLAN_PREFIX "user", NULL, 0, &has_role, &rows->role));
	if (!rows->id)
		return error_new(ERR_INPUT, "the account %s has no id in the snapshot", normal);
	TRY(user_plan_check_account(db, normal, rows));
	return user_plan_take_out_there(db, rows);
}

fallible user_rows_stage(const struct rows_target *target, const struct database_copy *copy, const char *email,
			 struct user_rows *rows)
{
	struct rows_target strict = *target;
	struct staging staging = {.target = &strict, .copy = copy, .rows = rows};
	if (db_can(target->db, DB_CAN_STORE_ANYTHING) ||
	    !strcmp(copy->engine, db_pick(target->db, "sqlite", "postgresql")))
		strict.aside = NULL;
	TRY(catalogue_read(target->db, &rows->live));
	TRY(tables_read(target->db, &rows->tables));
	TRY(stage_account(&staging, email));
	for (size_t i = 0; possessions[i].table; i++)
		TRY(stage_owned(&staging, &possessions[i]));
	/* A row of one that hangs on another that does comes after it. */
	for (size_t i = 0; i < COUNT(exceptions); i++)
		for (size_t k = 0; possessions[k].table; k++)
			if (!strcmp(possessions[k].table, exceptions[i].table))
				TRY(stage_with_parent(&staging, &possessions[k]));
	if (strict.aside && strict.aside->rows)
		return error_hint(error_new(ERR_INPUT, "%llu rows of the account can't be in %s; none was added",
					    (unsigned long long)strict.aside->rows, db_engine_name(target->db)),
				  "mend them where the snapshot was made, and make another one");
	return user_plan_leave_out(target->db, rows);
}
