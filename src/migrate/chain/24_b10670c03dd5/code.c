/* What info and settings hold becomes JSON by the SQL. */
#include "migrate/chain/code.h"
#include "migrate/fit.h"

static fallible prepare(struct work *work)
{
	TRY(fit_column(work, "user", "info"));
	return fit_column(work, "user", "settings");
}

const struct chain_code chain_code_b10670c03dd5 = {.prepare = prepare};
