/* What answers to the questions of health/replica.h say: any bytes, from any server. Fills in what is seen of it. */
#ifndef HEALTH_ANSWERS_H
#define HEALTH_ANSWERS_H

#include "health/replica.h"

/* Of replica->answers[question]. `named`: the token of ASK_SESSION named an account. */
void answer_read(struct replica *replica, enum question question, bool named);
/* What the header Date of an answer says of the replica's clock; the best of all answers counts. */
void answer_read_clock(struct replica *replica, const struct probe_answer *answer);

#endif
