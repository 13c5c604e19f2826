#include <stdlib.h>

#include "base/memory.h"
#include "migrate/verify.h"

const char *const finding_kind_names[] = {"catalogue", "data", "foreign"};

static void free_texts(struct finding *finding)
{
	free(finding->place);
	free(finding->what);
	free(finding->mend);
}

void findings_cleanup(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		free_texts(&findings->items[i]);
	free(findings->items);
	*findings = (struct findings){0};
}

void findings_add(struct findings *findings, struct finding finding)
{
	if (findings->count == findings->room) {
		findings->room = findings->room ? 2 * findings->room : 16;
		findings->items = mem_resize(findings->items, findings->room, sizeof *findings->items);
	}
	findings->items[findings->count++] = finding;
}

void findings_remove(struct findings *findings, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < findings->count; i++) {
		if (text_equal(findings->items[i].name, name))
			free_texts(&findings->items[i]);
		else
			findings->items[kept++] = findings->items[i];
	}
	findings->count = kept;
}

size_t findings_faults(const struct findings *findings)
{
	size_t faults = 0;
	for (size_t i = 0; i < findings->count; i++)
		faults += findings->items[i].kind != FINDING_FOREIGN;
	return faults;
}
