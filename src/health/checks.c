#include "health/checks.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"

/* Made by the linker: the beginning and end of the section. Weak, as a unit test may be linked without any check. */
extern const struct check *const __start_health_checks[] __attribute__((weak, visibility("hidden")));
extern const struct check *const __stop_health_checks[] __attribute__((weak, visibility("hidden")));

static const struct check **sorted;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int by_code(const void *a, const void *b)
{
	const struct check *const *one = a, *const *other = b;
	return strcmp((*one)->code, (*other)->code);
}

size_t checks_count(void)
{
	return ((uintptr_t)__stop_health_checks - (uintptr_t)__start_health_checks) / sizeof *sorted;
}

static void sort(void)
{
	sorted = mem_new(checks_count() + 1, sizeof *sorted);
	for (size_t i = 0; i < checks_count(); i++)
		sorted[i] = __start_health_checks[i];
	qsort(sorted, checks_count(), sizeof *sorted, by_code);
}

const struct check *check_at(size_t index)
{
	pthread_once(&once, sort);
	return sorted[index];
}

const struct check *check_find(const char *name)
{
	for (size_t i = 0; i < checks_count(); i++)
		if (!strcasecmp(check_at(i)->code, name) || text_equal(check_at(i)->name, name))
			return check_at(i);
	return NULL;
}

size_t check_index(const struct check *check)
{
	size_t i = 0;
	while (check_at(i) != check)
		i++;
	return i;
}
