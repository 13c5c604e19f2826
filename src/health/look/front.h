/* Asking what stands at WEBUI_URL the questions of health/front.h, in the set of exchanges that asks the replicas. */
#ifndef HEALTH_LOOK_FRONT_H
#define HEALTH_LOOK_FRONT_H

#include "health/look/look.h"

struct front_looking;

/* `origin` (borrowed) as struct ask_options has it. Fills in fleet.at_front of the look's scene. */
struct front_looking *front_look_new(struct look *look, const char *url, const char *origin) MUST_CHECK;
void front_look_free(struct front_looking *looking); /* NULL is fine; after the set was freed */

/* For struct ask_options. */
void front_look_begin(void *looking, struct probes *probes);
void front_look_answered(void *looking, const struct replica *replica, enum question question);

/* At the end: a front whose first answer came from a member that is dead may have given others. */
void front_look_end(struct front_looking *looking);

#endif
