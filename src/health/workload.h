/* How Kubernetes keeps up the pods behind a service, and how many it runs: its PodDisruptionBudgets and
 * HorizontalPodAutoscalers. What can't be read is not known, and no fault. */
#ifndef HEALTH_WORKLOAD_H
#define HEALTH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many of the pods that it selects may be taken away on purpose, as when a node is emptied. */
struct budget {
	char *name;
	size_t pods; /* of the service that it covers */
	int64_t expected, wanted; /* pods that it counts, and how many of them have to stay; 0: not told yet */
};

struct scaler {
	char *name;
	int64_t least, most;
	bool wants_more; /* than `most` */
	char *trouble;	 /* why it can't do its work: "FailedGetResourceMetric: .."; NULL: it can */
};

struct workload {
	char *place; /* "kubernetes:chat/open-webui" */
	size_t pods, uncovered, doubly_covered; /* by no budget, by several */
	char *budgets_unknown, *scalers_unknown; /* why they are not known: a clause; NULL: they are */
	struct budget *budgets; /* those that cover pods of it */
	struct scaler *scalers; /* those that scale it */
	size_t budget_count, scaler_count;
};
void workload_cleanup(struct workload *workload);

#endif
