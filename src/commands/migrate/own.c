/* What is there and is not Open WebUI's: its owner's tables, columns, indexes, views, triggers. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"

#define MOST_TOLD 20

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

fallible migrate_find_own(struct installation *installation, const struct revision *revision, struct strings *own)
{
	static const char *const kinds[] = {"table", "other", "column", "foreign-key", "index"};
	AUTO(findings) struct findings findings = {0};
	TRY(migrate_compare(installation, revision, &findings));
	for (size_t i = 0; i < COUNT(kinds); i++)
		add_of(&findings, kinds[i], own);
	return NULL;
}

void migrate_tell_own(const struct strings *own, const char *what)
{
	AUTO(str) struct str list = {0};
	if (!own->count)
		return;
	for (size_t i = 0; i < own->count && i < MOST_TOLD; i++)
		str_add_format(&list, "%s%s", i ? ", " : "", own->items[i]);
	if (own->count > MOST_TOLD)
		str_add_format(&list, " and %zu more, which `owctl migrate verify` lists", own->count - MOST_TOLD);
	log_note("not Open WebUI's, and %s: %s", what, str_text(&list));
}

/* "column chat.own", "foreign-key chat (own)", "index x on chat", "trigger y on chat", "table own". */
bool migrate_own_is_on(const char *own, const char *table)
{
	AUTO(memory) char *column = text_format("column %s.", table);
	AUTO(memory) char *key = text_format("foreign-key %s (", table);
	AUTO(memory) char *on = text_format(" on %s", table);
	return text_starts(own, column) || text_starts(own, key) || text_ends(own, on);
}
