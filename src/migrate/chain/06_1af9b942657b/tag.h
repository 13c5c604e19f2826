/* Tags: an id is the name in small letters, with underscores. */
#ifndef MIGRATE_CHAIN_TAG_H
#define MIGRATE_CHAIN_TAG_H

#include "base/attributes.h"

#define TAG_PINNED "pinned" /* is a column of its own */

char *tag_id(const char *name) MUST_CHECK; /* to be freed */

#endif
