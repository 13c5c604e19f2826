/* 0.9.6 and 0.10 encoded user.info, user.settings and user.oauth twice: a JSON string that holds the object, or null
 * (issues #28101, #26403 of open-webui). Revision 6d09d1bf1f23 mends oauth only. */
#include "base/memory.h"
#include "migrate/chain/57_6d09d1bf1f23/twice.h"
#include "migrate/changes.h"
#include "migrate/faults/kinds.h"

#define PAGE 500

static const char *const columns[] = {"info", "settings", "oauth"};

static fallible count_user(void *state, const struct db_rows *row)
{
	AUTO(str) struct str decoded = {0};
	*(int64_t *)state += twice_decode(db_cell(row, 1), &decoded) != TWICE_NOT;
	return NULL;
}

static fallible write_nothing(void *state, struct work *work)
{
	(void)state;
	(void)work;
	return NULL;
}

/* An empty value is NULL. */
static fallible read_user(void *state, const struct db_rows *row)
{
	AUTO(str) struct str decoded = {0};
	if (twice_decode(db_cell(row, 1), &decoded) != TWICE_NOT)
		changes_add(state, db_cell_text(row, 0), str_text(&decoded));
	return NULL;
}

/* Only strings are looked at. */
static struct pass pass_of(const char *column, const char *where)
{
	return (struct pass){.table = "user", .columns = column, .where = where, .page = PAGE};
}

static char *where_of(const char *column)
{
	return text_format("cast(%s as text) like '%s'", column, "\"%");
}

static fallible find_in(struct faults *faults, const char *column)
{
	int64_t count = 0;
	AUTO(memory) char *where = where_of(column);
	struct run run = {.installation = faults->installation};
	struct work work = {.run = &run, .db = faults->installation->db, .whole = true};
	struct pass pass = pass_of(column, where);
	pass.read = count_user;
	pass.write = write_nothing;
	pass.state = &count;
	TRY(work_pass(&work, &pass));
	if (count)
		faults_add(faults,
			   (struct fault_about){.subject = column,
						.mending = "each is decoded once; what holds null or nothing is NULL",
						.rows = count},
			   "%lld accounts have a user.%s that was encoded twice", (long long)count, column);
	return NULL;
}

static fallible find(struct faults *faults)
{
	if (!revision_reaches(faults->installation->revision, REVISION_b10670c03dd5))
		return NULL;
	for (size_t i = 0; i < COUNT(columns); i++) {
		bool exists;
		TRY(db_column_exists(faults->installation->db, "user", columns[i], &exists));
		if (exists)
			TRY(find_in(faults, columns[i]));
	}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	AUTO(changes) struct changes changes = {.table = "user", .column = fault->subject, .type = "json"};
	AUTO(memory) char *where = where_of(fault->subject);
	struct pass pass = pass_of(fault->subject, where);
	pass.read = read_user;
	pass.write = changes_write_page;
	pass.state = &changes;
	return work_pass(work, &pass);
}

const struct fault_kind fault_encoded_twice = {
	.name = "encoded-twice",
	.summary = "user.info, user.settings or user.oauth was encoded twice, as 0.9.6 and 0.10 did",
	.find = find,
	.mend = mend,
};
