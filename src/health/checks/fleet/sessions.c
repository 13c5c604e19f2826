/* Whether who signed in at one replica is signed in at all, and sees the same there (health/deep.h). */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/result.h"
#include "health/scene.h"

#define MOST_NAMES 3

/* Another key or database is told by its own check, where owctl knows the key. */
static bool is_told(const struct replica *replica)
{
	return replica->key == KEY_OTHER || replica->account == ACCOUNT_MISSING;
}

struct takers {
	size_t take, refuse; /* the token of another one */
};

static struct takers count_takers(const struct fleet_sight *fleet)
{
	struct takers takers = {0};
	for (size_t i = 0; i < fleet->replicas.count; i++) {
		if (i == fleet->deep.session_of)
			continue;
		takers.take += fleet->deep.places[i].session.standing == DEEP_WORKS;
		takers.refuse += fleet->deep.places[i].session.standing == DEEP_FAILS;
	}
	return takers;
}

static fallible look_for_refusal(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	struct takers takers = deep->places ? count_takers(fleet) : (struct takers){0};
	if (!takers.take && !takers.refuse) {
		TRY(deep_tell_unknown(checking, offsetof(struct deep_place, session), deep->session_of));
		return deep_not_tried(checking, "nobody could sign in");
	}
	if (!takers.take && !deep->signs_in)
		return error_new(ERR_PERMISSION, "no replica takes OWCTL_HEALTH_TOKEN");
	if (!takers.take && takers.refuse > 1) {
		const struct replica *odd = &fleet->replicas.items[deep->session_of];
		if (!is_told(odd))
			checking_found(checking, odd->name, "gives a token that no other replica takes");
		return NULL;
	}
	for (size_t i = 0; i < fleet->replicas.count; i++) {
		const struct replica *replica = &fleet->replicas.items[i];
		const struct deep_try *session = &deep->places[i].session;
		if (session->standing == DEEP_FAILS && !is_told(replica))
			checking_found(checking, replica->name, "does not take the token that another one gave: %s",
				       session->why);
	}
	return checking->result->count
		       ? NULL
		       : deep_tell_unknown(checking, offsetof(struct deep_place, session), deep->session_of);
}

HEALTH_CHECK(session) = {
	.code = "OW213",
	.name = "sessions-shared",
	.title = "who signed in at one replica is signed in at all",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_ACCOUNT,
	.why = "Otherwise people are signed out at random, whenever the load balancer sends them elsewhere. With "
	       "--deep the token that one replica gave is tried at all others; no knowledge of WEBUI_SECRET_KEY is "
	       "needed.",
	.remedy = "give all replicas one WEBUI_SECRET_KEY, one DATABASE_URL and one REDIS_URL, and the same time",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_refusal,
};

/* ---- models ---- */

static const char *most_frequent(const struct fleet_sight *fleet)
{
	const struct deep_place *places = fleet->deep.places;
	const char *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < fleet->replicas.count; i++) {
		size_t count = 0;
		for (size_t j = 0; places[i].model_ids && j < fleet->replicas.count; j++)
			count += text_equal(places[i].model_ids, places[j].model_ids);
		if (count > most)
			best = places[i].model_ids;
		most = count > most ? count : most;
	}
	return best;
}

/* What the one list has and the other lacks: "a, b and 7 more"; NULL: nothing. */
static char *lacking(const char *list, const char *other)
{
	AUTO(strings) struct strings all = {0}, there = {0};
	AUTO(str) struct str text = {0};
	size_t count = 0;
	strings_split(&all, list, '\n');
	strings_split(&there, other, '\n');
	strings_sort(&there);
	for (size_t i = 0; i < all.count; i++) {
		if (strings_have_sorted(&there, all.items[i]))
			continue;
		if (count++ < MOST_NAMES)
			str_add_format(&text, "%s%s", count > 1 ? ", " : "", all.items[i]);
	}
	if (count > MOST_NAMES)
		str_add_format(&text, " and %zu more", count - MOST_NAMES);
	return count ? str_take(&text) : NULL;
}

static void tell_of_difference(struct checking *checking, const char *name, const struct deep_place *place,
			       const char *usual)
{
	AUTO(memory) char *less = lacking(usual, place->model_ids), *more = lacking(place->model_ids, usual);
	checking_found(checking, name, "offers other models than the others:%s%s%s%s%s", less ? " not " : "",
		       less ? less : "", less && more ? ";" : "", more ? " also " : "", more ? more : "");
}

static fallible look_at_models(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	const char *usual = deep->places ? most_frequent(fleet) : NULL;
	size_t failed = 0;
	for (size_t i = 0; deep->places && i < fleet->replicas.count; i++) {
		const struct deep_place *place = &deep->places[i];
		const char *name = fleet->replicas.items[i].name;
		/* A token that is not taken is told by another check. */
		bool fails = place->models.standing == DEEP_FAILS && place->session.standing != DEEP_FAILS;
		failed += fails;
		if (fails)
			checking_found(checking, name, "gives no list of models: %s", place->models.why);
		else if (place->model_ids && usual && !text_equal(place->model_ids, usual))
			tell_of_difference(checking, name, place, usual);
	}
	if (usual && !*usual)
		checking_found(checking, NULL, "there is no model that this account may use");
	if (!checking->result->count)
		TRY(deep_tell_unknown(checking, offsetof(struct deep_place, models), fleet->replicas.count));
	if (usual || failed)
		return NULL;
	if (!deep->signs_in && deep->count)
		return error_new(ERR_PERMISSION, "no replica takes OWCTL_HEALTH_TOKEN");
	return deep_not_tried(checking, "nobody could sign in");
}

HEALTH_CHECK(models) = {
	.code = "OW214",
	.name = "models-shared",
	.title = "models are offered, and the same ones by all replicas",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REPLICAS | NEEDS_ACCOUNT,
	.why = "Without a model there is nothing to talk to. Where one replica does not reach a model's server, or "
	       "has another environment, its models come and go with each request. With --deep each replica is asked "
	       "for its list.",
	.remedy = "Admin Panel > Settings > Connections; look whether this replica reaches the servers that are "
		  "named there (names, proxies, firewalls), and whether OPENAI_API_BASE_URLS and OLLAMA_BASE_URL are "
		  "the same. An account that is no administrator sees what its groups may use",
	.page = "https://docs.openwebui.com/troubleshooting/connection-error/",
	.run = look_at_models,
};
