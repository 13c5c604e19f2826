#include "migrate/patience.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"

#define FIRST_PAUSE_MS 250
#define LONGEST_PAUSE_MS 5000
#define TOLD_EVERY_MS 15000

void patience_got_on(struct patience *patience)
{
	patience->since = patience->pause_ms = 0;
}

/* Between half and the whole of it, so that two who are in each other's way do not meet again and again. */
static int64_t next_pause(struct patience *patience)
{
	unsigned char chance;
	int64_t pause = patience->pause_ms ? 2 * patience->pause_ms : FIRST_PAUSE_MS;
	patience->pause_ms = pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
	random_bytes(&chance, sizeof chance);
	return patience->pause_ms / 2 + patience->pause_ms * chance / 512;
}

static void all_tables(struct db *db, struct strings *tables)
{
	struct error *error = db_begin(db, DB_READ);
	if (!error)
		error = db_tables(db, tables);
	db_rollback(db);
	error_ignore(error); /* it is only said */
}

/* Who has them, in words: to be freed. By the time of the look the one who had it may be gone. */
static char *find_holders(struct db *db, const struct strings *tables)
{
	AUTO(strings) struct strings holders = {0}, all = {0};
	if (!tables->count)
		all_tables(db, &all);
	error_ignore(db_lock_holders(db, tables->count ? tables : &all, &holders)); /* it is only said */
	return holders.count ? strings_join(&holders, "; ") : text_copy("others");
}

static void tell(struct patience *patience, const struct strings *tables, int64_t now)
{
	if (patience->told && now - patience->told < TOLD_EVERY_MS)
		return;
	AUTO(memory) char *holders = find_holders(patience->db, tables);
	AUTO(memory) char *names = strings_join(tables, ", ");
	log_note("waiting for a lock on %s that is held by %s; it is asked for again and again, nobody waits behind it",
		 *names ? names : db_display(patience->db), holders);
	patience->told = now;
}

static fallible give_up(const struct patience *patience, const struct strings *tables, int64_t now, struct error *error)
{
	AUTO(memory) char *holders = find_holders(patience->db, tables);
	error = error_wrap(error_without_hints(error), "no lock in %lld s, it is held by %s",
			   (long long)(now - patience->since) / 1000, holders);
	return error_hint(error, "end what holds it, or wait longer (--lock-wait)");
}

bool patience_goes_on(struct patience *patience, const struct strings *tables, struct error **error)
{
	int64_t now = clock_monotonic_ms();
	if (cancel_requested())
		return false;
	if (!patience->since)
		patience->since = now - db_lock_wait(patience->db) * 1000;
	if (now - patience->since >= patience->most_s * 1000) {
		*error = give_up(patience, tables, now, *error);
		return false;
	}
	tell(patience, tables, now);
	error_ignore(*error); /* it is tried again */
	*error = NULL;
	cancel_sleep(next_pause(patience));
	return true;
}
