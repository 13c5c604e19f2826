/* What is its owner's, told in one line. */
#include "base/log.h"
#include "commands/migrate/migrate.h"

#define MOST_TOLD 20

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
