#include "backup/whole_lines.h"

static fallible take(void *state, const char *bytes, size_t size)
{
	struct whole_lines *lines = state;
	bool ends = size && bytes[size - 1] == '\n';
	if (ends && !lines->line.size)
		return sink_take(&lines->out, bytes, size);
	str_add_n(&lines->line, bytes, size);
	if (!ends)
		return NULL;
	struct error *error = sink_take(&lines->out, str_text(&lines->line), lines->line.size);
	str_cleanup(&lines->line);
	return error;
}

struct sink whole_lines_sink(struct whole_lines *lines)
{
	return (struct sink){take, lines};
}
