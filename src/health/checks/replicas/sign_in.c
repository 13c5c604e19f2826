/* Whether people get in, and get an answer: by an account of their own kind (health/deep.h). */
#include <string.h>

#include "base/str.h"
#include "health/result.h"
#include "health/scene.h"

static const struct replica *replica_at(const struct scene *scene, size_t place)
{
	const struct replicas *replicas = &scene->fleet.replicas;
	return place < replicas->count ? &replicas->items[place] : &scene->fleet.front;
}

static size_t count_ends(const struct deep_sight *deep, enum sign_in_end end)
{
	size_t count = 0;
	for (size_t i = 0; i < deep->count; i++)
		count += deep->places[i].sign_in_end == end;
	return count;
}

/* Why it can't be told: what the first one said that ended so. */
static fallible not_told(const struct deep_sight *deep, enum sign_in_end end)
{
	for (size_t i = 0; i < deep->count; i++)
		if (deep->places[i].sign_in_end == end)
			return error_new(ERR_PERMISSION, "the account can't sign in with a password alone: %s",
					 deep->places[i].sign_in.why);
	return NULL;
}

/* Where the account is let in elsewhere, each place that does not is at fault. WEBUI_URL is only if no replica is: it
 * sends people on to one. */
static void tell_of_each(struct checking *checking, bool refused)
{
	const struct deep_sight *deep = &checking->scene->fleet.deep;
	for (size_t i = 0; i < deep->count; i++) {
		if (i == checking->scene->fleet.replicas.count && checking->result->count)
			return;
		const struct deep_place *place = &deep->places[i];
		bool counts = place->sign_in_end == SIGN_IN_BROKEN ||
			      (refused && (place->sign_in_end == SIGN_IN_REFUSED ||
					   place->sign_in_end == SIGN_IN_ELSEWHERE));
		if (counts)
			checking_found(checking, replica_at(checking->scene, i)->name, "lets nobody sign in: %s",
				       place->sign_in.why);
	}
}

static bool has_ldap(const struct scene *scene)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		if (json_is_true(json_object_get(json_object_get(replica->config, "features"), "enable_ldap")))
			return true;
	return false;
}

/* Of many replicas ten are tried, others each time. */
static void tell_of_untried(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	size_t tried = 0, speaking = scene_speaking(checking->scene);
	for (size_t i = 0; i < fleet->replicas.count; i++)
		tried += fleet->deep.places[i].sign_in_end != SIGN_IN_NOT_TRIED;
	if (tried < speaking)
		checking_found_as(checking, SEVERITY_INFO, NULL,
				  "%zu of %zu replicas were tried, which are others each time", tried, speaking);
}

static fallible look_for_refusal(struct checking *checking)
{
	const struct deep_sight *deep = &checking->scene->fleet.deep;
	size_t works = count_ends(deep, SIGN_IN_WORKS), refused = count_ends(deep, SIGN_IN_REFUSED);
	if (!deep->signs_in) {
		result_skip(checking->result, "OWCTL_HEALTH_TOKEN was used, and OWCTL_HEALTH_EMAIL is not set");
		return NULL;
	}
	if (!works && refused && has_ldap(checking->scene))
		return error_new(ERR_PERMISSION, "the account is not let in; owctl can't sign in one that LDAP knows");
	tell_of_each(checking, works > 0);
	if (!works && refused) {
		const char *what = "the account of OWCTL_HEALTH_EMAIL is not let in";
		trouble_remedy(checking_found(checking, NULL, "%s", what),
			       "sign in with it in a browser; `owctl user check-password` looks whether it is the "
			       "password");
	}
	if (checking->result->count)
		return NULL;
	if (!works && count_ends(deep, SIGN_IN_ELSEWHERE))
		return not_told(deep, SIGN_IN_ELSEWHERE);
	if (count_ends(deep, SIGN_IN_CUT))
		return error_hint(error_new(ERR_UNREACHABLE, "there was no time to wait for %zu answers",
					    count_ends(deep, SIGN_IN_CUT)),
				  "give it more by --deadline");
	if (count_ends(deep, SIGN_IN_LIMITED))
		return error_new(ERR_BUSY, "the account has signed in too often of late (Open WebUI lets it do so 15 "
					   "times in three minutes), or elsewhere at the same time");
	if (!works)
		return deep_not_tried(checking, "no replica answers");
	tell_of_untried(checking);
	return NULL;
}

HEALTH_CHECK(sign_in) = {
	.code = "OW107",
	.name = "sign-in",
	.title = "people can sign in at every replica",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS | NEEDS_ACCOUNT,
	.why = "A replica may answer all else, and let nobody in: its database is another one or read-only, or "
	       "signing in is set up otherwise. With --deep the account of OWCTL_HEALTH_EMAIL signs in at each (at "
	       "ten of many: an account may do so 15 times in three minutes), and at WEBUI_URL.",
	.remedy = "look at the log of this replica at the time of the check, and compare its environment with that "
		  "of the others (ENABLE_PASSWORD_AUTH, DATABASE_URL)",
	.run = look_for_refusal,
};

/* By the lists of all that gave one. */
static bool is_offered(const struct deep_sight *deep, size_t *count)
{
	bool offered = false;
	*count = 0;
	for (size_t i = 0; i < deep->count; i++) {
		AUTO(strings) struct strings ids = {0};
		strings_split(&ids, deep->places[i].model_ids ? deep->places[i].model_ids : "", '\n');
		offered |= strings_have(&ids, deep->model);
		*count = deep->places[i].model_count > *count ? deep->places[i].model_count : *count;
	}
	return offered;
}

static fallible look_for_silence(struct checking *checking)
{
	const struct deep_sight *deep = &checking->scene->fleet.deep;
	bool tried = false;
	size_t models = 0;
	if (deep->model && !is_offered(deep, &models) && models)
		return error_hint(error_new(ERR_INPUT, "--model %s is none of the %zu models that the account sees",
					    deep->model, models),
				  "name one as the list of models in a chat has it");
	for (size_t i = 0; i < deep->count; i++) {
		const struct deep_try *one = &deep->places[i].completion;
		tried |= one->standing != DEEP_NOT_TRIED;
		if (one->standing == DEEP_FAILS)
			checking_found(checking, replica_at(checking->scene, i)->name,
				       "gives no answer of the model %s: %s", deep->model, one->why);
	}
	return tried ? NULL
		     : deep_not_tried(checking, deep->model ? "nobody could sign in to ask the model"
							    : "no --model was named");
}

HEALTH_CHECK(model) = {
	.code = "OW106",
	.name = "model-answers",
	.title = "the chosen model answers",
	.family = FAMILY_REPLICAS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REPLICAS | NEEDS_ACCOUNT,
	.why = "All of Open WebUI may be well, and its model's server down, out of money or slower than the load "
	       "balancer waits. With --deep --model NAME it is asked for a few words, by a replica and by way of "
	       "WEBUI_URL, and until --deadline.",
	.remedy = "where no replica has an answer: Admin Panel > Settings > Connections, and the model's own server. "
		  "Where only WEBUI_URL has none: the time-outs of what stands there (proxy_read_timeout)",
	.page = "https://docs.openwebui.com/troubleshooting/connection-error/",
	.run = look_for_silence,
};
