/* A websocket on which nobody speaks, beside all else that is looked at: struct deep_silence of health/deep.h. */
#ifndef HEALTH_LOOK_DEEP_SILENCE_H
#define HEALTH_LOOK_DEEP_SILENCE_H

#include "health/look/deep_inner.h"

/* Opens it; before everything else, so that the time in which it is silent is that of the others. */
fallible deep_silence_begin(struct deep_looking *looking) MUST_CHECK;
/* Whether it is still there; waits for nothing, and is to be called now and then. */
void deep_silence_look(struct deep_looking *looking);
/* Waits for the ping, if it is to come before the deadline. */
fallible deep_silence_end(struct deep_looking *looking) MUST_CHECK;
void deep_silence_free(struct deep_looking *looking);

#endif
