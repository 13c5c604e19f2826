/* What was seen of a part or of a replica, in a few words, before anything that was found is held against it. */
#ifndef HEALTH_REPORT_SIGHTS_H
#define HEALTH_REPORT_SIGHTS_H

#include "health/report/spots.h"

/* Fills in all but `codes`; the mark is MARK_ABSENT, MARK_GOOD or, where it was not reached, MARK_UNKNOWN. */
void sight_of_part(const struct scene *scene, enum spot spot, struct spot_state *state);
void sight_of_replica(const struct replica *replica, struct spot_state *state);

#endif
