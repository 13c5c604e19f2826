/* Tags: an id is the name in small letters, with underscores. */
#ifndef MIGRATE_CHAIN_TAG_H
#define MIGRATE_CHAIN_TAG_H

#include "base/attributes.h"

char *tag_id(const char *name) MUST_CHECK; /* to be freed */

#endif
