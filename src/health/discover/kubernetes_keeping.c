#include "health/discover/kubernetes_keeping.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/discover/kubernetes_selector.h"

void keeping_cleanup(struct keeping *keeping)
{
	json_decref(keeping->budgets);
	json_decref(keeping->scalers);
	free(keeping->covered);
	strings_cleanup(&keeping->owners);
}

static json_t *list_of(const struct api *api, const struct discover_options *options, const char *group,
		       const char *namespace, const char *kind)
{
	AUTO(memory) char *path = text_format("/apis/%s/namespaces/%s/%s", group, namespace, kind);
	json_t *list = NULL;
	error_ignore(api_get(api, options, path, &list)); /* without the right to see them nobody says */
	return list;
}

void keeping_ask(struct keeping *keeping, const struct api *api, const struct discover_options *options,
		 const char *namespace)
{
	keeping->budgets = list_of(api, options, "policy/v1", namespace, "poddisruptionbudgets");
	keeping->scalers = list_of(api, options, "autoscaling/v2", namespace, "horizontalpodautoscalers");
	size_t count = json_array_size(json_object_get(keeping->budgets, "items"));
	keeping->covered = mem_new(count + 1, sizeof *keeping->covered);
}

/* ---- pods ---- */

/* A Deployment's pods belong to a ReplicaSet that is called after it and their template. */
static void add_owner(struct keeping *keeping, const json_t *pod)
{
	const json_t *owner = json_array_get(json_below(pod, "metadata/ownerReferences"), 0);
	const char *kind = json_text(owner, "kind"), *name = json_text(owner, "name");
	const char *template = json_text(json_below(pod, "metadata/labels"), "pod-template-hash");
	if (!kind || !name)
		return;
	AUTO(memory) char *end = text_format("-%s", template ? template : "");
	bool deployed = text_equal(kind, "ReplicaSet") && template && text_ends(name, end);
	AUTO(memory) char *text = deployed ? text_format("Deployment/%.*s", (int)(strlen(name) - strlen(end)), name)
					   : text_format("%s/%s", kind, name);
	if (!strings_have(&keeping->owners, text))
		strings_add(&keeping->owners, text);
}

void keeping_take_pod(struct keeping *keeping, const json_t *pod)
{
	const json_t *items = json_object_get(keeping->budgets, "items"), *labels = json_below(pod, "metadata/labels");
	size_t covering = 0;
	for (size_t i = 0; i < json_array_size(items); i++) {
		bool covers = selector_takes(json_below(json_array_get(items, i), "spec/selector"), labels);
		keeping->covered[i] += covers;
		covering += covers;
	}
	keeping->pods++;
	keeping->uncovered += covering == 0;
	keeping->doubly_covered += covering > 1;
	add_owner(keeping, pod);
}

/* ---- budgets ---- */

static void read_budget(const json_t *item, size_t pods, struct budget *budget)
{
	json_int_t seen = json_integer_value(json_below(item, "status/observedGeneration"));
	const char *name = json_string_value(json_below(item, "metadata/name"));
	*budget = (struct budget){.name = text_copy(name ? name : ""), .pods = pods};
	if (seen < json_integer_value(json_below(item, "metadata/generation")))
		return;
	budget->expected = json_integer_value(json_below(item, "status/expectedPods"));
	budget->wanted = json_integer_value(json_below(item, "status/desiredHealthy"));
}

static void read_budgets(const struct keeping *keeping, struct workload *workload)
{
	const json_t *items = json_object_get(keeping->budgets, "items");
	workload->budgets = mem_new(json_array_size(items) + 1, sizeof *workload->budgets);
	for (size_t i = 0; i < json_array_size(items); i++)
		if (keeping->covered[i])
			read_budget(json_array_get(items, i), keeping->covered[i],
				    &workload->budgets[workload->budget_count++]);
}

/* ---- autoscalers ---- */

static const json_t *condition_of(const json_t *item, const char *type)
{
	const json_t *all = json_below(item, "status/conditions");
	for (size_t i = 0; i < json_array_size(all); i++)
		if (text_equal(json_text(json_array_get(all, i), "type"), type))
			return json_array_get(all, i);
	return NULL;
}

/* What somebody has scaled to nothing is not scaled, on purpose. */
static char *trouble_of(const json_t *item)
{
	static const char *const types[] = {"AbleToScale", "ScalingActive"};
	for (size_t i = 0; i < COUNT(types); i++) {
		const json_t *condition = condition_of(item, types[i]);
		const char *reason = json_text(condition, "reason"), *message = json_text(condition, "message");
		if (!text_equal(json_text(condition, "status"), "False") || text_equal(reason, "ScalingDisabled"))
			continue;
		return text_format("%s%s%s", reason ? reason : types[i], message ? ": " : "", message ? message : "");
	}
	return NULL;
}

static void read_scaler(const json_t *item, struct scaler *scaler)
{
	const json_t *limited = condition_of(item, "ScalingLimited");
	const json_t *least = json_below(item, "spec/minReplicas");
	const char *name = json_string_value(json_below(item, "metadata/name"));
	*scaler = (struct scaler){.name = text_copy(name ? name : ""),
				  .least = json_is_integer(least) ? json_integer_value(least) : 1,
				  .most = json_integer_value(json_below(item, "spec/maxReplicas")),
				  .wants_more = text_equal(json_text(limited, "status"), "True") &&
						text_equal(json_text(limited, "reason"), "TooManyReplicas"),
				  .trouble = trouble_of(item)};
}

static bool is_for(const json_t *item, const struct strings *owners)
{
	const json_t *target = json_below(item, "spec/scaleTargetRef");
	const char *kind = json_text(target, "kind"), *name = json_text(target, "name");
	AUTO(memory) char *text = text_format("%s/%s", kind ? kind : "", name ? name : "");
	return strings_have(owners, text);
}

static void read_scalers(const struct keeping *keeping, struct workload *workload)
{
	const json_t *items = json_object_get(keeping->scalers, "items");
	workload->scalers = mem_new(json_array_size(items) + 1, sizeof *workload->scalers);
	for (size_t i = 0; i < json_array_size(items); i++)
		if (is_for(json_array_get(items, i), &keeping->owners))
			read_scaler(json_array_get(items, i), &workload->scalers[workload->scaler_count++]);
}

void keeping_conclude(const struct keeping *keeping, const char *place, struct replicas *replicas)
{
	replicas->workloads =
		mem_resize(replicas->workloads, replicas->workload_count + 1, sizeof *replicas->workloads);
	struct workload *workload = &replicas->workloads[replicas->workload_count++];
	*workload = (struct workload){.place = text_copy(place),
				      .pods = keeping->pods,
				      .uncovered = keeping->uncovered,
				      .doubly_covered = keeping->doubly_covered,
				      .budgets_known = keeping->budgets != NULL,
				      .scalers_known = keeping->scalers != NULL};
	read_budgets(keeping, workload);
	read_scalers(keeping, workload);
}
