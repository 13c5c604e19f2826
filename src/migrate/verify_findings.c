#include <stdlib.h>

#include "base/memory.h"
#include "migrate/verify.h"

const char *const finding_kind_names[] = {"catalogue", "data", "foreign"};

void findings_cleanup(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->items[i].place);
		free(findings->items[i].what);
		free(findings->items[i].mend);
	}
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

size_t findings_faults(const struct findings *findings)
{
	size_t faults = 0;
	for (size_t i = 0; i < findings->count; i++)
		faults += findings->items[i].kind != FINDING_FOREIGN;
	return faults;
}
