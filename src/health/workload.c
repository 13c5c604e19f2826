#include "health/workload.h"

#include <stdlib.h>

void workload_cleanup(struct workload *workload)
{
	for (size_t i = 0; i < workload->budget_count; i++)
		free(workload->budgets[i].name);
	for (size_t i = 0; i < workload->scaler_count; i++) {
		free(workload->scalers[i].name);
		free(workload->scalers[i].trouble);
	}
	free(workload->budgets);
	free(workload->scalers);
	free(workload->place);
	free(workload->budgets_unknown);
	free(workload->scalers_unknown);
	*workload = (struct workload){0};
}
