#include "health/discover/kubernetes_keeping.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "health/discover/kubernetes_selector.h"

void keeping_cleanup(struct keeping *keeping)
{
	json_decref(keeping->labels);
	strings_cleanup(&keeping->owners);
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

void keeping_take_pod(struct keeping *keeping, json_t *pod)
{
	json_t *labels = json_below(pod, "metadata/labels");
	if (!keeping->labels)
		keeping->labels = json_array();
	json_array_append_new(keeping->labels, labels ? json_incref(labels) : json_null());
	add_owner(keeping, pod);
}

/* ---- what is asked ---- */

/* A third of what is left: the replicas themselves are to be asked in it as well. */
static struct discover_options share_of(const struct discover_options *options)
{
	int64_t now = clock_monotonic_ms();
	struct discover_options share = *options;
	if (options->deadline_ms)
		share.deadline_ms = now + (options->deadline_ms - now) / 3;
	return share;
}

/* `*why` (to be freed): there is no list, and this is why. */
static json_t *list_of(const struct api *api, const struct discover_options *options, const char *path,
		       const char *what, char **why)
{
	struct discover_options share = share_of(options);
	json_t *list = NULL;
	struct error *error = api_get(api, &share, path, &list);
	if (!error)
		return list;
	AUTO(memory) char *text = error_text(error);
	*why = error->code == ERR_PERMISSION ? text_format("the account may not see %s", what)
					     : text_format("%s could not be read: %s", what, text);
	error_free(error);
	return NULL;
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

/* How many of the pods a budget is for; adds one to what each of them is covered by. */
static size_t cover(const json_t *budget, const json_t *labels, size_t *covering)
{
	size_t count = 0;
	for (size_t i = 0; i < json_array_size(labels); i++) {
		bool covers = selector_takes(json_below(budget, "spec/selector"), json_array_get(labels, i));
		covering[i] += covers;
		count += covers;
	}
	return count;
}

static void read_budgets(const struct keeping *keeping, const json_t *list, struct workload *workload)
{
	const json_t *items = json_object_get(list, "items");
	AUTO(memory) size_t *covering = mem_new(workload->pods + 1, sizeof *covering);
	workload->budgets = mem_new(json_array_size(items) + 1, sizeof *workload->budgets);
	for (size_t i = 0; i < json_array_size(items); i++) {
		size_t pods = cover(json_array_get(items, i), keeping->labels, covering);
		if (pods)
			read_budget(json_array_get(items, i), pods, &workload->budgets[workload->budget_count++]);
	}
	for (size_t i = 0; i < workload->pods; i++) {
		workload->uncovered += covering[i] == 0;
		workload->doubly_covered += covering[i] > 1;
	}
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

static void read_scalers(const struct keeping *keeping, const json_t *list, struct workload *workload)
{
	const json_t *items = json_object_get(list, "items");
	workload->scalers = mem_new(json_array_size(items) + 1, sizeof *workload->scalers);
	for (size_t i = 0; i < json_array_size(items); i++)
		if (is_for(json_array_get(items, i), &keeping->owners))
			read_scaler(json_array_get(items, i), &workload->scalers[workload->scaler_count++]);
}

void keeping_ask(const struct keeping *keeping, const struct api *api, const struct discover_options *options,
		 const char *namespace, const char *place, struct replicas *replicas)
{
	AUTO(memory) char *of_budgets =
		text_format("/apis/policy/v1/namespaces/%s/poddisruptionbudgets", namespace);
	AUTO(memory) char *of_scalers =
		text_format("/apis/autoscaling/v2/namespaces/%s/horizontalpodautoscalers", namespace);
	replicas->workloads =
		mem_resize(replicas->workloads, replicas->workload_count + 1, sizeof *replicas->workloads);
	struct workload *workload = &replicas->workloads[replicas->workload_count++];
	*workload = (struct workload){.place = text_copy(place), .pods = json_array_size(keeping->labels)};
	json_auto_t *budgets =
		list_of(api, options, of_budgets, "PodDisruptionBudgets", &workload->budgets_unknown);
	json_auto_t *scalers =
		list_of(api, options, of_scalers, "HorizontalPodAutoscalers", &workload->scalers_unknown);
	read_budgets(keeping, budgets, workload);
	read_scalers(keeping, scalers, workload);
}
