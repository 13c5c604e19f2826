/* How a value that may hold a password is shown. */
#ifndef SETTINGS_MASK_H
#define SETTINGS_MASK_H

#include "base/attributes.h"

/* A URL (database, Redis, HTTP) or libpq's key=value pairs with every password replaced by "***", in the authority and
 * in query parameters. Text that is neither, and could hold a password, becomes "***" as a whole. To be freed. */
char *url_mask(const char *url) MUST_CHECK;

#endif
