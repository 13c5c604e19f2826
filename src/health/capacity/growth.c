/* Room: what people leave behind, as they did so far. */
#include <stdlib.h>

#include "base/memory.h"
#include "health/capacity/figures.h"
#include "health/capacity/inner.h"
#include "health/capacity/sums.h"

#define PERCENT 100

/* Who uses it, if so many of them are there at once. */
static int64_t accounts_of(const struct capacity_ground *ground)
{
	return sum_share(ground->people, PERCENT, ground->concurrency);
}

/* Why nothing can be told of it, to be freed; NULL: it can. */
static char *reason_of(const struct growth_sight *growth)
{
	AUTO(memory) char *failure = growth->sight.failure ? error_text(growth->sight.failure) : NULL;
	if (failure)
		return text_format("the database could not be asked: %s", failure);
	if (!growth->sight.seen)
		return text_copy("there is no database that could be asked");
	if (sum_times(growth->active_accounts, growth->days) < LEAST_ACCOUNT_DAYS)
		return text_format("too little to go by: %lld account%s in %lld day%s",
				   (long long)growth->active_accounts, growth->active_accounts == 1 ? "" : "s",
				   (long long)growth->days, growth->days == 1 ? "" : "s");
	return NULL;
}

/* `bytes` came of those who were active; as many days of all who are to come. */
static int64_t in_days(const struct capacity_ground *ground, int64_t bytes, int64_t days)
{
	const struct growth_sight *growth = ground->growth;
	int64_t account_days = sum_times(growth->active_accounts, growth->days);
	return sum_share(sum_times(accounts_of(ground), days), bytes, account_days);
}

static void tell_growth(struct capacity_item *item, const struct capacity_ground *ground, const char *of_what,
			int64_t bytes, int64_t room)
{
	const struct growth_sight *growth = ground->growth;
	int64_t day = in_days(ground, bytes, 1), year = in_days(ground, bytes, 365);
	AUTO(memory) char *seen = capacity_amount(UNIT_BYTES, bytes);
	AUTO(memory) char *days = capacity_range(UNIT_BYTES, day, sum_times(day, room));
	AUTO(memory) char *years = capacity_range(UNIT_BYTES, year, sum_times(year, room));
	capacity_formula(item,
			 "%s of %s in %lld days / %lld active accounts x %lld accounts (%lld people / %lld %%) x %d "
			 "days%s; %s a day, %s a year",
			 seen, of_what, (long long)growth->days, (long long)growth->active_accounts,
			 (long long)accounts_of(ground), (long long)ground->people, (long long)ground->concurrency,
			 DAYS_A_MONTH, room > 1 ? "; twice that with what is beside the texts" : "", days, years);
	capacity_source(item, "measured here: rows and their times; %s",
			ground->concurrency_assumed
				? "assumed: that one in ten of who uses it is there at once (--concurrency)"
				: "option: --concurrency");
}

/* The item, or NULL where nothing is known. */
static struct capacity_item *add_growth(const struct capacity_ground *ground, struct capacity *capacity,
					const char *name, const char *title, int64_t bytes, int64_t room)
{
	struct capacity_item *item = capacity_add(capacity, name, title, UNIT_BYTES_A_MONTH);
	AUTO(memory) char *reason = reason_of(ground->growth);
	if (reason) {
		const struct error *failure = ground->growth->sight.failure;
		capacity_unknown(item, "%s", reason);
		if (failure && failure->code == ERR_PERMISSION)
			capacity_remedy(item, "let the role read times and sizes: docs/health-role.sql");
		return NULL;
	}
	int64_t month = in_days(ground, bytes, DAYS_A_MONTH);
	capacity_need(item, month, sum_times(month, room));
	return item;
}

static void add_free(const struct capacity_ground *ground, struct capacity *capacity,
		     const struct capacity_item *database, const struct capacity_item *uploads)
{
	bool both = ground->disk_has_database && ground->disk_has_uploads;
	const struct capacity_item *first = ground->disk_has_database ? database : uploads;
	int64_t low = first->low, high = first->high;
	struct capacity_item *item =
		capacity_add(capacity, "free-space", "free room on the disk of DATA_DIR", UNIT_BYTES);
	if (both) {
		low = sum_plus(low, uploads->low);
		high = sum_plus(high, uploads->high);
	}
	capacity_need(item, sum_times(low, ROOM_MONTHS), sum_times(high, ROOM_MONTHS));
	capacity_have(item, ground->disk_free);
	capacity_formula(item, "%d months of %s", ROOM_MONTHS,
			 both			    ? "the database and of uploads"
			 : ground->disk_has_database ? "the database"
						    : "uploads");
	capacity_source(item, "as of these; measured here: the disk; assumed: that more is there in time");
	capacity_remedy(item, "give it a larger disk, or move uploads into a bucket (STORAGE_PROVIDER=s3)");
}

static void add_vectors(const struct capacity_ground *ground, struct capacity *capacity)
{
	struct capacity_item *item = capacity_add(capacity, "vectors", "vectors of knowledge and files", UNIT_BYTES);
	int64_t copies = ground->vectors_indexed ? 2 : 1, accounts = accounts_of(ground);
	int64_t now = sum_times(sum_times(ground->vectors, ground->vector_bytes), copies);
	bool scaled = ground->growth->sight.seen && ground->growth->accounts > 0;
	int64_t there = scaled ? ground->growth->accounts : accounts;
	capacity_need(item, now, sum_most(now, sum_share(now, accounts, there)));
	capacity_formula(item, "%lld x %lld bytes%s; x %lld accounts / the %lld that there are",
			 (long long)ground->vectors, (long long)ground->vector_bytes,
			 ground->vectors_indexed ? " x 2, as an index has them again" : "", (long long)accounts,
			 (long long)there);
	capacity_source(item, "measured here: pgvector's table, as PostgreSQL estimates it; assumed: that knowledge "
			      "grows with accounts at most");
}

void capacity_add_growth(const struct capacity_ground *ground, struct capacity *capacity)
{
	const struct growth_sight *growth = ground->growth;
	struct capacity_item *database =
		add_growth(ground, capacity, "database-growth", "growth of the database", growth->chat_bytes,
			   DATABASE_ROOM);
	struct capacity_item *uploads = add_growth(ground, capacity, "uploads-growth", "growth of uploaded files",
						   growth->file_bytes, 1);
	if (database)
		tell_growth(database, ground, "chats and messages", growth->chat_bytes, DATABASE_ROOM);
	if (uploads)
		tell_growth(uploads, ground, "files", growth->file_bytes, 1);
	if (database && uploads && ground->disk_free >= 0 && (ground->disk_has_database || ground->disk_has_uploads))
		add_free(ground, capacity, database, uploads);
	if (ground->vectors >= 0)
		add_vectors(ground, capacity);
}
