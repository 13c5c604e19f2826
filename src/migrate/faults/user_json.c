/* 0.9.6 falls down on SQLite where it turns user.info and user.settings from text into JSON, between making the new
 * column and giving it the old one's name; every later release then trips over the new column (issues #25956, #26403 of
 * open-webui). */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/trace.h"

static const char *const columns[] = {"info", "settings"};

static fallible find_column(struct faults *faults, const char *column)
{
	bool left, whole;
	AUTO(memory) char *scratch = text_format("%s_json", column);
	TRY(trace_has(faults, "user", scratch, &left));
	if (!left)
		return NULL;
	TRY(trace_has(faults, "user", column, &whole));
	AUTO(memory) char *mending = whole ? text_format("it is dropped: user.%s is there", column)
					   : text_format("it is renamed to %s", column);
	faults_add(faults, (struct fault_about){.subject = column, .mending = mending},
		   "the column user.%s is left of a migration that failed", scratch);
	return NULL;
}

static fallible find(struct faults *faults)
{
	for (size_t i = 0; i < COUNT(columns); i++)
		TRY(find_column(faults, columns[i]));
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	bool whole;
	TRY(db_column_exists(work->db, "user", fault->subject, &whole));
	AUTO(memory) char *sql =
		whole ? text_format("alter table \"user\" drop column %s_json", fault->subject)
		      : text_format("alter table \"user\" rename column %s_json to %s", fault->subject, fault->subject);
	return db_script(work->db, sql);
}

const struct fault_kind fault_user_json = {
	.name = "user-json",
	.summary = "user.info_json or user.settings_json is left of a migration of 0.9.6 that failed",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
