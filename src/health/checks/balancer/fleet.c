/* Whether WEBUI_URL leads to the replicas that are looked at, and to nothing else. Which server has answered is told by
 * the ETag of a file that each writes when it starts; where replicas share their folder, it is not known. */
#include "base/memory.h"
#include "health/replica.h"
#include "health/result.h"
#include "health/scene.h"

#define ENOUGH_ANSWERS 8

static bool any_has(const struct scene *scene, const char *release, const char *settings)
{
	const struct replica *replica;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		if ((!release || text_equal(replica->release, release)) &&
		    (!settings || !replica->settings || text_equal(replica->settings, settings)))
			return true;
	return false;
}

/* A release that somebody has behind WEBUI_URL, and no replica; to be freed; NULL: there is none. */
static char *foreign_release(const struct scene *scene)
{
	const struct front_answers *versions = &scene->fleet.at_front.answers[FRONT_VERSION];
	if (!any_has(scene, scene->fleet.front.release, NULL))
		return text_copy(scene->fleet.front.release);
	for (size_t i = 0; i < versions->count; i++) {
		AUTO(memory) char *release = answer_release(&versions->items[i]);
		if (release && !any_has(scene, release, NULL))
			return text_copy(release);
	}
	return NULL;
}

static bool knows_account(const struct replica *replica)
{
	return replica->account == ACCOUNT_KNOWN;
}
static bool misses_account(const struct replica *replica)
{
	return replica->account == ACCOUNT_MISSING;
}

static fallible look_for_others(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	const struct replica *front = &scene->fleet.front;
	AUTO(memory) char *release = foreign_release(scene);
	if (release)
		checking_found(checking, front->name, "leads to an Open WebUI %s, and no replica is one", release);
	else if (front->settings && !any_has(scene, front->release, front->settings))
		checking_found(checking, front->name, "leads to an Open WebUI with settings that no replica has");
	else if (replica_refuses_key(front) && scene_count(scene, replica_takes_key) &&
		 !scene_count(scene, replica_refuses_key))
		checking_found(checking, front->name,
			       "leads to an Open WebUI with another WEBUI_SECRET_KEY than all replicas have");
	else if (misses_account(front) && scene_count(scene, knows_account) && !scene_count(scene, misses_account))
		checking_found(checking, front->name,
			       "leads to an Open WebUI with another database than all replicas have");
	return NULL;
}

HEALTH_CHECK(other_fleet) = {
	.code = "OW703",
	.name = "front-leads-here",
	.title = "WEBUI_URL leads to the replicas",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_BALANCER | NEEDS_REPLICAS,
	.why = "What people use is not what is looked at: an old server that is still a member of the load balancer, "
	       "another stage, or a list of replicas that is out of date. Release, public settings, secret key and "
	       "database are held against those of the replicas.",
	.remedy = "compare the members of the load balancer with OWCTL_REPLICAS",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_others,
};

/* ---- which server it was ---- */

/* Of what comes from a server, and no cache; borrowed; NULL: it tells nothing. */
static const char *mark_of(const struct probe_answer *answer)
{
	const char *tag = http_header(&answer->http, "ETag");
	bool fine = front_asked(answer) && answer->end == PROBE_ANSWERED && answer->http.status == 200;
	if (!fine || !tag || http_header(&answer->http, "Age"))
		return NULL;
	return text_starts(tag, "W/") ? tag + 2 : tag;
}

/* The index of the replica with this mark; `count`: none has it. */
static size_t who_has(const struct front_answers *replicas, const char *mark)
{
	for (size_t i = 0; i < replicas->count; i++)
		if (text_equal(mark_of(&replicas->items[i]), mark))
			return i;
	return replicas->count;
}

/* Each replica has one, and no two have the same. */
static bool marks_tell(const struct front_answers *replicas)
{
	for (size_t i = 0; i < replicas->count; i++) {
		const char *mark = mark_of(&replicas->items[i]);
		if (!mark || who_has(replicas, mark) != i)
			return false;
	}
	return replicas->count > 1;
}

struct spread {
	size_t known, strange; /* answers by replicas, and by others */
	size_t first;	       /* the replica that was met first */
	bool several;	       /* others were met as well */
};

static struct spread count_spread(const struct fleet_sight *fleet)
{
	const struct front_answers *files = &fleet->at_front.answers[FRONT_FILE];
	const struct front_answers *replicas = &fleet->at_front.answers[FRONT_REPLICA_FILE];
	struct spread spread = {0};
	if (!marks_tell(replicas))
		return spread;
	for (size_t i = 0; i < files->count; i++) {
		const char *mark = mark_of(&files->items[i]);
		size_t who = mark ? who_has(replicas, mark) : 0;
		if (!mark)
			continue;
		if (who == replicas->count) {
			spread.strange++;
			continue;
		}
		spread.several = spread.several || (spread.known && who != spread.first);
		spread.first = spread.known ? spread.first : who;
		spread.known++;
	}
	return spread;
}

static const char unmarked[] = "which server has answered can't be told: they share /static, or too few answers came";

static fallible look_for_unlisted(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct spread spread = count_spread(fleet);
	if (!spread.known)
		result_skip(checking->result, unmarked);
	else if (spread.strange)
		checking_found(checking, fleet->front.name,
			       "%zu of %zu requests were answered by a server that is not among the replicas",
			       spread.strange, spread.known + spread.strange);
	return NULL;
}

HEALTH_CHECK(unlisted_member) = {
	.code = "OW707",
	.name = "members-listed",
	.title = "every server behind WEBUI_URL is among the replicas that are looked at",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_BALANCER | NEEDS_TWO_REPLICAS,
	.why = "A server that nobody looks at may be of another release, or have other settings or another key: some "
	       "people's requests end there. Which one has answered is told by the ETag of /static/custom.css, which "
	       "each server writes into its own folder when it starts.",
	.remedy = "add it to OWCTL_REPLICAS, or take it out of the load balancer",
	.run = look_for_unlisted,
};

static fallible look_for_one(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct spread spread = count_spread(fleet);
	if (spread.known < ENOUGH_ANSWERS)
		result_skip(checking->result, unmarked);
	else if (!spread.several && !spread.strange)
		checking_found(checking, fleet->front.name, "all %zu requests of this machine were answered by %s",
			       spread.known, fleet->replicas.items[spread.first].name);
	return NULL;
}

HEALTH_CHECK(one_for_all) = {
	.code = "OW705",
	.name = "requests-spread",
	.title = "requests to WEBUI_URL get to several replicas",
	.family = FAMILY_BALANCER,
	.severity = SEVERITY_INFO,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_BALANCER | NEEDS_TWO_REPLICAS,
	.why = "Replicas that get nothing are of no use but as a reserve. A load balancer that keeps people by their "
	       "address (ip_hash, source) does so for one machine as well: then it is as it should be, which can't be "
	       "told from here.",
	.remedy = "if it does not keep people by their address, look whether the others are members, and not a reserve "
		  "(`backup`) or taken out by its own health check",
	.run = look_for_one,
};
