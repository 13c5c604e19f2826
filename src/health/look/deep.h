/* Looking at what only people see who have signed in: health/deep.h. */
#ifndef HEALTH_LOOK_DEEP_H
#define HEALTH_LOOK_DEEP_H

#include "health/account.h"
#include "health/look/look.h"

struct deep_options {
	const struct health_account *account;
	const char *origin; /* as struct ask_options has it */
};

/* After the fleet of the look's scene has been asked. What it writes it removes again, also when it is stopped. That
 * something does not work is no error; ERR_INTERRUPTED by a signal. */
fallible deep_look(struct look *look, const struct deep_options *options) MUST_CHECK;

#endif
