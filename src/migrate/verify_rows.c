#include "migrate/verify.h"

fallible verify_rows(struct installation *installation, const struct catalogue *expected, const struct catalogue *live,
		     struct findings *findings)
{
	(void)installation, (void)expected, (void)live, (void)findings;
	return NULL;
}
