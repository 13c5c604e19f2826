#include "health/postgresql_support.h"

#include <stddef.h>

#include "base/attributes.h"

static const struct {
	long major;
	const char *day;
} rows[] = {{12, "2024-11-21"}, {13, "2025-11-13"}, {14, "2026-11-12"}, {15, "2027-11-11"},
	    {16, "2028-11-09"}, {17, "2029-11-08"}, {18, "2030-11-14"}};

const char *postgresql_last_release(long major)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (major <= rows[i].major)
			return rows[i].day;
	return NULL;
}
