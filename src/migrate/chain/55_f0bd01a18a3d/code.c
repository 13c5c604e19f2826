/* An index that refuses two accounts with one address in different letters, as the engine's own lower() makes them. */
#include "base/memory.h"
#include "migrate/chain/code.h"

static const char remedy[] = "make one account of them: `owctl user conflicts` shows what each owns, `owctl user merge "
			     "FROM INTO --dry-run` what would move; or give one another address (`owctl user update ID "
			     "--email ..`)";

static void add(struct blockers *blockers, const char *address, const struct strings *accounts)
{
	AUTO(memory) char *list = strings_join(accounts, ", ");
	if (accounts->count)
		blockers_add(blockers, remedy, "%zu accounts have the address %s: %s", accounts->count, address, list);
}

static fallible find_blockers(struct blockers *blockers)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	AUTO(strings) struct strings accounts = {0};
	AUTO(memory) char *address = NULL;
	TRY(db_query(blockers->installation->db,
		     "select lower(email), id from \"user\" where lower(email) in"
		     " (select lower(email) from \"user\" where email is not null group by lower(email)"
		     " having count(*) > 1) order by lower(email), created_at, id",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		if (!text_equal(address, db_cell_text(rows, 0))) {
			add(blockers, address, &accounts);
			strings_cleanup(&accounts);
			free(address);
			address = text_copy(db_cell_text(rows, 0));
		}
		strings_add(&accounts, db_cell_text(rows, 1) ? db_cell_text(rows, 1) : "no id");
	}
	add(blockers, address, &accounts);
	return error;
}

const struct chain_code chain_code_f0bd01a18a3d = {.find_blockers = find_blockers};
