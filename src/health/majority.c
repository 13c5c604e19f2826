#include "health/majority.h"

#include "base/str.h"

static size_t votes_for(const struct scene *scene, const char *(*text)(const struct replica *replica),
			const char *candidate)
{
	const struct replica *replica;
	size_t votes = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		votes += text_equal(text(replica), candidate);
	return votes;
}

/* Most have the same: candidates are few, however many replicas there are. */
const char *majority_of(const struct scene *scene, const char *(*text)(const struct replica *replica))
{
	const struct replica *replica;
	const char *best = NULL;
	size_t most = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));) {
		const char *candidate = text(replica);
		if (!candidate || text_equal(candidate, best))
			continue;
		size_t votes = votes_for(scene, text, candidate);
		if (votes > most) {
			best = candidate;
			most = votes;
		}
	}
	return best;
}
