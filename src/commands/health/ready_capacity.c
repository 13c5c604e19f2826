#include "commands/health/ready_capacity.h"

#include "base/memory.h"
#include "commands/health/health.h"

static const struct column own[] = {CAPACITY_COLUMNS};

void capacity_skip_cells(struct output *output)
{
	for (const struct column *cell = own; cell < own + COUNT(own); cell++)
		output_null(output);
}

static void print_integer(struct output *output, bool known, int64_t number)
{
	if (known)
		output_integer(output, number);
	else
		output_null(output);
}

fallible capacity_print_rows(struct output *output, const struct capacity *capacity)
{
	for (size_t i = 0; i < capacity->count; i++) {
		const struct capacity_item *item = &capacity->items[i];
		output_string(output, "capacity");
		output_string(output, item->title);
		output_string(output, capacity_state_names[item->state]);
		output_string(output, item->why);
		output_string(output, item->remedy);
		output_string(output, item->name);
		print_integer(output, item->known, item->low);
		print_integer(output, item->known, item->high);
		output_string(output, item->unit == UNIT_COUNT ? NULL : capacity_unit_names[item->unit]);
		print_integer(output, item->present_known, item->present);
		output_string(output, item->formula);
		output_string(output, item->source);
		TRY(output_row(output));
	}
	return NULL;
}

void capacity_add_text(struct str *out, const struct capacity *capacity, size_t width)
{
	if (capacity->people)
		str_add_format(out, "\ncapacity for %lld people at once\n", (long long)capacity->people);
	for (size_t i = 0; i < capacity->count; i++) {
		const struct capacity_item *item = &capacity->items[i];
		AUTO(memory) char *amounts = text_format("%s: %s", item->title, item->why);
		health_add_entry(out, capacity_state_names[item->state], amounts, width);
		if (item->formula)
			health_add_entry(out, "", item->formula, width);
		if (item->source)
			health_add_entry(out, "", item->source, width);
		if (item->remedy)
			health_add_remedy(out, item->remedy, width);
	}
}
