/* The order of a list. Azure promises "alphabetical"; what it, or Azurite, compares may be units of UTF-16, in which
 * characters beyond U+FFFF come before those from U+E000 on. By bytes it is the other way round. So entries are told
 * as they come, but those that agree up to a character of these kinds, which come one after the other in both orders,
 * are kept until the last of them is there, and sorted. Names of owctl's own have none. */
#ifndef STORE_AZURE_ORDER_H
#define STORE_AZURE_ORDER_H

#include "store/store.h"

struct azure_order {
	const char *place; /* for messages */
	store_lister *lister;
	void *state;
	/* below: 0 at the beginning */
	char *last; /* the name that was told last; NULL: none was yet */
	struct azure_entry *kept;
	size_t count, room;
	size_t common; /* so many bytes the kept ones have in common */
};
void azure_order_cleanup(struct azure_order *order);

/* ERR_FAILED: they come in no order that can be made that of bytes. */
fallible azure_order_add(struct azure_order *order, const struct store_object *object) MUST_CHECK;
fallible azure_order_end(struct azure_order *order) MUST_CHECK; /* tells those that are kept */

#endif
