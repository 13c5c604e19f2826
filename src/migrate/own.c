#include "migrate/own.h"

#include "base/memory.h"
#include "migrate/verify.h"

/* Of one kind; the place of "other" says itself what it is. */
static void add_of(const struct findings *findings, const char *name, struct strings *own)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		if (finding->kind != FINDING_FOREIGN || !text_equal(finding->name, name))
			continue;
		bool named = text_equal(name, "other");
		strings_add_taken(own, text_format("%s%s%s", named ? "" : name, named ? "" : " ", finding->place));
	}
}

fallible own_find(struct db *db, const struct revision *revision, struct strings *own)
{
	static const char *const kinds[] = {"table", "other", "column", "foreign-key", "index"};
	AUTO(findings) struct findings findings = {0};
	AUTO(catalogues) struct catalogues catalogues = {0};
	TRY(catalogues_read(db, revision, &catalogues));
	verify_catalogue(&catalogues, db_can(db, DB_CAN_ALTER_TABLES), &findings);
	for (size_t i = 0; i < COUNT(kinds); i++)
		add_of(&findings, kinds[i], own);
	return NULL;
}

/* "column chat.own", "foreign-key chat (own)", "index x on chat", "trigger y on chat". */
bool own_is_on(const char *own, const char *table)
{
	AUTO(memory) char *column = text_format("column %s.", table);
	AUTO(memory) char *key = text_format("foreign-key %s (", table);
	AUTO(memory) char *on = text_format(" on %s", table);
	return text_starts(own, column) || text_starts(own, key) || text_ends(own, on);
}
