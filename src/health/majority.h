/* What most replicas have in common: who differs from it is named, and not who is like all others. */
#ifndef HEALTH_MAJORITY_H
#define HEALTH_MAJORITY_H

#include "health/scene.h"

/* Of the texts that the replicas which speak have (NULL: it has none), the one that most have; of those that as many
 * have, the one that was met first. Borrowed; NULL: none has one. */
const char *majority_of(const struct scene *scene, const char *(*text)(const struct replica *replica));

#endif
