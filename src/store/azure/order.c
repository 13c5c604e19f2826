#include "store/azure/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_HIGH 0xee /* in UTF-8: the first byte of U+E000 and of all that are above */

struct azure_entry {
	char *name, *tag;
	uint64_t size;
	int64_t modified;
};

static void drop(struct azure_order *order)
{
	for (size_t i = 0; i < order->count; i++) {
		free(order->kept[i].name);
		free(order->kept[i].tag);
	}
	order->count = 0;
}

void azure_order_cleanup(struct azure_order *order)
{
	drop(order);
	free(order->kept);
	free(order->last);
}

static fallible tell(struct azure_order *order, const struct store_object *object)
{
	if (order->last && strcmp(order->last, object->name) >= 0)
		return error_hint(error_new(ERR_FAILED, "%s: the server's list is not in order", order->place),
				  "an account with a hierarchical namespace lists otherwise: use one without");
	free(order->last);
	order->last = text_copy(object->name);
	return order->lister(order->state, object);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct azure_entry *)a)->name, ((const struct azure_entry *)b)->name);
}

fallible azure_order_end(struct azure_order *order)
{
	struct error *error = NULL;
	if (order->count)
		qsort(order->kept, order->count, sizeof *order->kept, by_name);
	for (size_t i = 0; i < order->count && !error; i++) {
		const struct azure_entry *entry = &order->kept[i];
		error = tell(order, &(struct store_object){.name = entry->name,
							   .tag = entry->tag,
							   .size = entry->size,
							   .modified = entry->modified});
	}
	drop(order);
	return error;
}

static size_t up_to_high(const char *name)
{
	size_t size = 0;
	while (name[size] && (unsigned char)name[size] < FIRST_HIGH)
		size++;
	return size;
}

static void keep(struct azure_order *order, const struct store_object *object)
{
	if (order->count == order->room) {
		order->room = order->room ? 2 * order->room : 8;
		order->kept = mem_resize(order->kept, order->room, sizeof *order->kept);
	}
	order->kept[order->count++] = (struct azure_entry){.name = text_copy(object->name),
							   .tag = text_copy(object->tag),
							   .size = object->size,
							   .modified = object->modified};
}

fallible azure_order_add(struct azure_order *order, const struct store_object *object)
{
	size_t common = up_to_high(object->name);
	bool high = object->name[common];
	bool joins = high && order->count && order->common == common &&
		     !strncmp(order->kept[0].name, object->name, common);
	if (!joins)
		TRY(azure_order_end(order));
	if (!high)
		return tell(order, object);
	order->common = common;
	keep(order, object);
	return NULL;
}
