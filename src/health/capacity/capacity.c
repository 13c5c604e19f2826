#include "health/capacity/capacity.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/str.h"
#include "base/utf8.h"
#include "health/capacity/inner.h"

const char *const capacity_state_names[CAPACITY_STATES] = {[CAPACITY_ENOUGH] = "ready",
							    [CAPACITY_LACKING] = "missing",
							    [CAPACITY_UNSURE] = "unknown",
							    [CAPACITY_FIGURE] = "figure"};

const char *const capacity_unit_names[UNITS] = {
	[UNIT_COUNT] = "", [UNIT_BYTES] = "bytes", [UNIT_BYTES_A_MONTH] = "bytes a month"};

void capacity_cleanup(struct capacity *capacity)
{
	for (size_t i = 0; i < capacity->count; i++) {
		struct capacity_item *item = &capacity->items[i];
		free(item->why);
		free(item->formula);
		free(item->source);
		free(item->remedy);
	}
	*capacity = (struct capacity){0};
}

char *capacity_amount(enum capacity_unit unit, int64_t amount)
{
	if (unit == UNIT_COUNT)
		return text_format("%lld", (long long)amount);
	AUTO(memory) char *bytes = number_bytes((uint64_t)amount);
	return text_format("%s%s", bytes, unit == UNIT_BYTES_A_MONTH ? " a month" : "");
}

char *capacity_range(enum capacity_unit unit, int64_t low, int64_t high)
{
	AUTO(memory) char *first = capacity_amount(unit == UNIT_COUNT ? unit : UNIT_BYTES, low);
	AUTO(memory) char *last = capacity_amount(unit, high);
	AUTO(memory) char *exact = capacity_amount(unit, low);
	return text_equal(exact, last) ? text_copy(exact) : text_format("%s to %s", first, last);
}

/* ---- an item ---- */

struct capacity_item *capacity_add(struct capacity *capacity, const char *name, const char *title,
				   enum capacity_unit unit)
{
	struct capacity_item *item = &capacity->items[capacity->count++];
	*item = (struct capacity_item){.name = name, .title = title, .unit = unit, .state = CAPACITY_FIGURE};
	return item;
}

void capacity_need(struct capacity_item *item, int64_t low, int64_t high)
{
	item->known = true;
	item->low = low;
	item->high = high;
}

void capacity_have(struct capacity_item *item, int64_t present)
{
	item->present_known = present >= 0;
	item->present = present >= 0 ? present : 0;
	if (item->known && item->present_known)
		item->state = present >= item->high  ? CAPACITY_ENOUGH
			      : present < item->low ? CAPACITY_LACKING
						    : CAPACITY_UNSURE;
}

void capacity_formula(struct capacity_item *item, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	item->formula = text_format_v(format, args);
	va_end(args);
}

void capacity_source(struct capacity_item *item, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	item->source = text_format_v(format, args);
	va_end(args);
}

void capacity_remedy(struct capacity_item *item, const char *format, ...)
{
	va_list args;
	if (item->state != CAPACITY_LACKING && item->state != CAPACITY_UNSURE)
		return;
	free(item->remedy);
	va_start(args, format);
	item->remedy = text_format_v(format, args);
	va_end(args);
}

void capacity_unknown(struct capacity_item *item, const char *format, ...)
{
	va_list args;
	item->known = false;
	item->state = CAPACITY_UNSURE;
	va_start(args, format);
	AUTO(memory) char *why = text_format_v(format, args);
	va_end(args);
	item->why = utf8_safe_copy(why);
}

/* ---- all of them ---- */

static void tell(struct capacity_item *item)
{
	AUTO(memory) char *needed = item->known ? capacity_range(item->unit, item->low, item->high) : NULL;
	AUTO(memory) char *present = item->present_known ? capacity_amount(item->unit, item->present) : NULL;
	if (item->why)
		return;
	item->why = text_format("needed %s%s%s%s", needed, present ? ", present " : "", present ? present : "",
				item->state == CAPACITY_UNSURE ? ": it depends on how busy people are" : "");
}

void capacity_work_out(const struct capacity_ground *ground, struct capacity *capacity)
{
	struct capacity_servers servers;
	*capacity = (struct capacity){.people = ground->people};
	capacity_add_servers(ground, capacity, &servers);
	capacity_add_connections(ground, &servers, capacity);
	capacity_add_memory(ground, &servers, capacity);
	capacity_add_growth(ground, capacity);
	for (size_t i = 0; i < capacity->count; i++) {
		tell(&capacity->items[i]);
		capacity->states[capacity->items[i].state]++;
	}
}
