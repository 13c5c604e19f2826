#include "backup/segment_line.h"

#include "base/number.h"

static void add_place(struct str *lines, const struct place *place)
{
	AUTO(str) struct str text = {0};
	if (place->size)
		place_add_text(&text, place);
	fields_add(lines, str_text(&text));
}

void segment_line_add(struct str *lines, const struct segment *segment)
{
	AUTO(str) struct str skips = {0};
	fields_add_number(lines, segment->lines);
	fields_add_number(lines, segment->bytes);
	add_place(lines, &segment->place);
	add_place(lines, &segment->odd);
	skips_add_text(&skips, &segment->skips);
	fields_add(lines, str_text(&skips));
}

bool segment_line_parse(char *const *fields, struct segment *segment)
{
	const char *lines = fields[0], *bytes = fields[1];
	return number_parse(&lines, '\0', &segment->lines) && number_parse(&bytes, '\0', &segment->bytes) &&
	       place_parse(fields[2], &segment->place) && (!*fields[3] || place_parse(fields[3], &segment->odd)) &&
	       skips_parse(fields[4], segment->lines, &segment->skips);
}
