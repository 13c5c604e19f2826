/* What others notice of a revision. */
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/effects.h"
#include "migrate/later.h"

/* The manual of PostgreSQL, "Explicit Locking": from the strongest on. Reading keeps nobody waiting. */
enum lock { LOCK_ALTERED, LOCK_NO_WRITERS, LOCK_INDEXED, LOCK_INDEXED_BESIDE, LOCK_WRITTEN, NO_LOCK };
static const struct {
	unsigned effects;
	const char *name;
} locks[] = {
	[LOCK_ALTERED] = {EFFECT_ALTERS | EFFECT_REMAKES | EFFECT_DROPS, "ACCESS EXCLUSIVE"},
	[LOCK_NO_WRITERS] = {EFFECT_REFERS, "SHARE ROW EXCLUSIVE"},
	[LOCK_INDEXED] = {EFFECT_INDEXES, "SHARE"},
	[LOCK_INDEXED_BESIDE] = {0, "SHARE UPDATE EXCLUSIVE"},
	[LOCK_WRITTEN] = {EFFECT_WRITES | EFFECT_FILLS, "ROW EXCLUSIVE"},
};

/* A table that is new is nobody else's yet. */
static enum lock lock_of(const struct table_effects *item)
{
	enum lock lock = LOCK_ALTERED;
	while (lock < NO_LOCK && !(item->effects & locks[lock].effects))
		lock++;
	return item->effects & EFFECT_MAKES ? NO_LOCK : lock;
}

/* As apply.c has it: writers are locked out of what the code works on, or what they write is watched, from a moment on
 * in which they are locked out. */
static bool keeps_writers_out(const struct chain_code *code, const char *table)
{
	if (!code)
		return false;
	if (code->redo)
		return text_equal(table, "chat");
	for (const struct chain_touch *touch = code->touches; touch && touch->table; touch++)
		if (text_equal(touch->table, table))
			return true;
	return false;
}

static fallible lock_beside(struct db *db, const struct chain_code *code, const struct table_effects *item,
			    enum lock *lock)
{
	bool large = false;
	if (*lock == LOCK_INDEXED)
		TRY(later_is_large(db, item->table, &large));
	if (large)
		*lock = LOCK_INDEXED_BESIDE;
	if (*lock > LOCK_NO_WRITERS && !(item->effects & EFFECT_MAKES) && keeps_writers_out(code, item->table))
		*lock = LOCK_NO_WRITERS;
	return NULL;
}

fallible effects_locks(struct db *db, const struct revision *revision, const struct effects *effects, bool online,
		       char **text)
{
	AUTO(str) struct str list = {0};
	if (!db_can(db, DB_CAN_ALTER_TABLES)) {
		*text = text_copy(effects->count ? "writing to the database" : "");
		return NULL;
	}
	for (size_t i = 0; i < effects->count; i++) {
		const struct table_effects *item = &effects->items[i];
		enum lock lock = lock_of(item);
		if (online)
			TRY(lock_beside(db, chain_step(revision)->code, item, &lock));
		if (lock != NO_LOCK)
			str_add_format(&list, "%s%s on %s", list.size ? ", " : "", locks[lock].name, item->table);
	}
	*text = str_take(&list);
	return NULL;
}
