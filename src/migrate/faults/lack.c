#include "migrate/faults/lack.h"

/* No release reads them once their rows were taken out of them. */
static bool is_left_behind(const char *table)
{
	return text_equal(table, "document") || text_equal(table, "chatidtag") || text_equal(table, "config_old");
}

static bool counts(const struct trace *trace, const struct object *object, int ordinal)
{
	return trace_expects(trace, object, ordinal) && !is_left_behind(object->table);
}

bool lack_names(const struct trace *trace, int ordinal, struct strings *names)
{
	bool whole = true;
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *object = &trace->objects[i];
		if (!counts(trace, object, ordinal) || object->kind == OBJECT_INDEX)
			continue;
		if (trace_is_there(trace, object))
			whole = false;
		else if (object->kind == OBJECT_TABLE || catalogue_table(trace->live, object->table))
			object_add_name(names, object);
	}
	return whole;
}

void lack_tables(const struct trace *trace, int ordinal, struct strings *tables)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *object = &trace->objects[i];
		if (object->kind == OBJECT_TABLE && counts(trace, object, ordinal) && !trace_is_there(trace, object))
			strings_add(tables, object->name);
	}
}

/* What has the name now is of a later revision. */
static bool is_made_later(const struct trace *trace, const struct object *object)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *later = &trace->objects[i];
		if (later->since > object->until && later->since <= trace->takes && later->kind == object->kind &&
		    text_equal(later->table, object->table) && text_equal(later->name, object->name))
			return true;
	}
	return false;
}

enum lack_sources lack_sources(const struct trace *trace, int ordinal)
{
	enum lack_sources sources = SOURCES_NONE;
	for (size_t i = 0; i < trace->count; i++) {
		const struct object *object = &trace->objects[i];
		if (object->until != ordinal || object->kind == OBJECT_INDEX)
			continue;
		if (!trace_is_there(trace, object) || is_made_later(trace, object))
			return SOURCES_GONE;
		sources = SOURCES_THERE;
	}
	return sources;
}

static bool has_made_anything(const struct trace *trace, int ordinal)
{
	for (size_t i = 0; i < trace->count; i++)
		if (counts(trace, &trace->objects[i], ordinal) && trace_is_there(trace, &trace->objects[i]))
			return true;
	return false;
}

/* It was there: what else its revision has made is. */
static bool is_taken(const struct trace *trace, const struct object *object)
{
	return object->kind != OBJECT_INDEX && !trace_is_there(trace, object) &&
	       has_made_anything(trace, object->since);
}

static bool has_anything(const struct trace *trace, int ordinal)
{
	if (has_made_anything(trace, ordinal))
		return true;
	for (size_t i = 0; i < trace->count; i++)
		if (trace->objects[i].until == ordinal && is_taken(trace, &trace->objects[i]))
			return true;
	return false;
}

int lack_reached(const struct trace *trace, int recorded)
{
	int reached = recorded;
	for (int ordinal = recorded; ordinal > 0 && !has_anything(trace, ordinal); ordinal--) {
		AUTO(strings) struct strings names = {0};
		lack_names(trace, ordinal, &names);
		if (names.count)
			reached = ordinal - 1;
	}
	return reached;
}
