/* What one replica takes, and the others are to have: a file, an event (health/deep.h). */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "health/result.h"
#include "health/scene.h"

/* ---- a file ---- */

static size_t count_readers(const struct fleet_sight *fleet, enum deep_standing standing)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet->replicas.count; i++)
		count += fleet->deep.places[i].file.standing == standing;
	return count;
}

/* Who has a folder of its own: the one that took the file, if that is so for all others. */
static void tell_of_readers(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	const char *taker = fleet->replicas.items[deep->file_of].name;
	size_t lacking = count_readers(fleet, DEEP_FAILS);
	if (lacking > 1 && !count_readers(fleet, DEEP_WORKS)) {
		checking_found(checking, taker, "keeps what is uploaded to itself: none of %zu others has it", lacking);
		return;
	}
	for (size_t i = 0; i < fleet->replicas.count; i++)
		if (deep->places[i].file.standing == DEEP_FAILS)
			checking_found(checking, fleet->replicas.items[i].name,
				       "does not have a file that was uploaded through %s: %s", taker,
				       deep->places[i].file.why);
}

static fallible look_for_file(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	if (deep->upload.standing == DEEP_NOT_TRIED) {
		return deep_not_tried(checking, deep->writes ? "no two replicas take the account's token"
							     : "--read-only");
	}
	if (deep->upload.standing == DEEP_FAILS)
		checking_found(checking, fleet->replicas.items[deep->file_of].name, "takes no file: %s",
			       deep->upload.why);
	else
		tell_of_readers(checking);
	if (deep->left)
		checking_found_as(checking, SEVERITY_WARNING, NULL, "what owctl had uploaded may still be there: %s",
				  deep->left);
	if (checking->result->count)
		return NULL;
	if (deep->upload.standing == DEEP_UNKNOWN)
		return error_new(ERR_PERMISSION, "the account may upload nothing: %s", deep->upload.why);
	for (size_t i = 0; i < fleet->replicas.count; i++)
		if (deep->places[i].file.standing == DEEP_UNKNOWN)
			return error_new(ERR_UNREACHABLE, "%s did not let the account read the file: %s",
					 fleet->replicas.items[i].name, deep->places[i].file.why);
	return NULL;
}

HEALTH_CHECK(file) = {
	.code = "OW215",
	.name = "uploads-read-everywhere",
	.title = "a file that was uploaded through one replica is there at all others",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_ACCOUNT,
	.why = "Where each replica has a folder of its own, downloads and answers about files fail at random, and "
	       "what is in a container's own folder is gone with it. With --deep one replica takes a file of a few "
	       "bytes, called owctl-health-.., the others are asked for it, and it is removed again.",
	.remedy = "mount one volume (ReadWriteMany, NFS) at DATA_DIR of all replicas, or set STORAGE_PROVIDER to s3, "
		  "gcs or azure; copy what this replica's folder uploads/ has before that",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_file,
};

/* ---- an event ---- */

static bool is_in_room(const struct deep_sight *deep, size_t at)
{
	return deep->places[at].socket.standing == DEEP_WORKS;
}

static bool hears(const struct deep_sight *deep, size_t from, size_t to)
{
	return deep->heard[from * deep->count + to];
}

/* How many there are that one passes events on to, and hears of. */
static size_t count_ties(const struct fleet_sight *fleet, size_t at)
{
	size_t ties = 0;
	const struct deep_sight *deep = &fleet->deep;
	for (size_t i = 0; i < fleet->replicas.count; i++)
		ties += i != at && is_in_room(deep, i) && hears(deep, at, i) && hears(deep, i, at);
	return ties;
}

/* One that is among the most who are tied together. */
static size_t find_middle(const struct fleet_sight *fleet, size_t *in, size_t *ties)
{
	size_t middle = 0;
	*in = *ties = 0;
	for (size_t i = 0; i < fleet->replicas.count; i++) {
		if (!is_in_room(&fleet->deep, i))
			continue;
		size_t own = count_ties(fleet, i);
		if (!*in || own > *ties) {
			middle = i;
			*ties = own;
		}
		++*in;
	}
	return middle;
}

static void tell_of_strangers(struct checking *checking, size_t middle)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	const struct deep_sight *deep = &fleet->deep;
	const char *other = fleet->replicas.items[middle].name;
	for (size_t i = 0; i < fleet->replicas.count; i++) {
		if (i == middle || !is_in_room(deep, i))
			continue;
		bool sends = hears(deep, i, middle), gets = hears(deep, middle, i);
		const char *name = fleet->replicas.items[i].name;
		if (!sends && !gets)
			checking_found(checking, name, "neither passes events on, nor hears of those of %s", other);
		else if (!sends)
			checking_found(checking, name, "passes no event on to %s", other);
		else if (!gets)
			checking_found(checking, name, "does not hear of events of %s", other);
	}
}

static fallible look_for_event(struct checking *checking)
{
	const struct fleet_sight *fleet = &checking->scene->fleet;
	size_t in, ties;
	if (!fleet->deep.heard) {
		return deep_not_tried(checking, "no two replicas let the account in by a websocket: an API key opens "
						"none, or websockets are switched off");
	}
	size_t middle = find_middle(fleet, &in, &ties);
	if (in > 1 && !ties)
		checking_found(checking, NULL, "no event of one replica gets to people at another one");
	else if (in > 1)
		tell_of_strangers(checking, middle);
	return checking->result->count
		       ? NULL
		       : deep_tell_unknown(checking, offsetof(struct deep_place, socket), fleet->replicas.count);
}

HEALTH_CHECK(event) = {
	.code = "OW216",
	.name = "events-shared",
	.title = "an event of one replica gets to people at all others",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_ACCOUNT,
	.why = "Answers, messages in channels and notes reach a window by the replica that it is connected to. Where "
	       "that one does not hear of the others, answers seem to hang until the page is loaded again. With "
	       "--deep a websocket is opened at each replica, in a room that is gone afterwards, and each sends the "
	       "others one event.",
	.remedy = "give this replica WEBSOCKET_MANAGER=redis and the REDIS_URL (and WEBSOCKET_REDIS_URL) of the "
		  "others, and start it again",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_event,
};
