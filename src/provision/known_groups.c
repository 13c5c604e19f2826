#include "provision/known_groups.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sorted.h"
#include "openwebui/config.h"

/* A name or an id by which a group is called; a name may be that of many. */
struct called {
	char *text, *id;
};

void known_groups_cleanup(struct known_groups *known)
{
	for (size_t i = 0; i < known->count; i++) {
		free(known->items[i].text);
		free(known->items[i].id);
	}
	free(known->items);
	strings_cleanup(&known->defaults);
}

static void add(struct known_groups *known, const char *text, const char *id)
{
	if (known->count == known->room) {
		known->room = known->room ? known->room * 2 : 64;
		known->items = mem_resize(known->items, known->room, sizeof *known->items);
	}
	known->items[known->count++] = (struct called){text_copy(text), text_copy(id)};
}

static const char *text_of(const void *item)
{
	return ((const struct called *)item)->text;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(text_of(a), text_of(b));
}

fallible known_groups_read(struct installation *installation, struct known_groups *known)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(config_default_group(installation, &known->defaults));
	TRY(db_query(installation->db, "select id, name from \"group\"", NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error)) {
		const char *id = db_cell_text(rows, 0), *name = db_cell_text(rows, 1);
		if (!id)
			continue; /* nobody can be a member of it */
		add(known, id, id);
		if (name && strcmp(name, id) != 0)
			add(known, name, id);
	}
	TRY(error);
	if (known->count)
		qsort(known->items, known->count, sizeof *known->items, by_text);
	return NULL;
}

void known_groups_find(const struct known_groups *known, const char *called, struct strings *ids)
{
	size_t i = sorted_place(known->items, known->count, sizeof *known->items, text_of, called);
	for (; i < known->count && !strcmp(known->items[i].text, called); i++)
		strings_add(ids, known->items[i].id);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void keep_node(UNUSED void *node)
{
}

void distinct_add(struct distinct *distinct, const char *text)
{
	if (tfind(text, &distinct->root, by_name))
		return;
	strings_add(distinct->list, text);
	tsearch(distinct->list->items[distinct->list->count - 1], &distinct->root, by_name);
}

void distinct_cleanup(struct distinct *distinct)
{
	tdestroy(distinct->root, keep_node);
}
