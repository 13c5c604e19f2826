#include "backup/marks.h"

#include <string.h>

#include "base/memory.h"

#define MARKS_PREFIX PRUNE_PREFIX "marks/"
#define MARKS_LIMIT (256 << 20)

void marks_cleanup(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++) {
		free(marks->items[i].object);
		strings_cleanup(&marks->items[i].names);
	}
	free(marks->items);
	*marks = (struct marks){0};
}

static fallible add(void *state, const struct store_object *object)
{
	struct marks *marks = state;
	marks->items = mem_resize(marks->items, marks->count + 1, sizeof *marks->items);
	marks->items[marks->count++] = (struct mark){.object = text_copy(object->name), .made = object->modified};
	return NULL;
}

static fallible read_names(const struct repository *repository, struct mark *mark)
{
	AUTO(str) struct str text = {0};
	struct error *error = store_read(repository->store, mark->object, MARKS_LIMIT, &text);
	if (error && error->code == ERR_INPUT) {
		error_ignore(error); /* what it names is marked again */
		return NULL;
	}
	TRY(error);
	strings_split(&mark->names, str_text(&text), '\n');
	return NULL;
}

fallible marks_read(const struct repository *repository, struct marks *marks)
{
	TRY(store_list(repository->store, MARKS_PREFIX, add, marks));
	for (size_t i = 0; i < marks->count; i++)
		TRY(read_names(repository, &marks->items[i]));
	return NULL;
}

fallible marks_write(const struct repository *repository, const struct strings *names)
{
	char id[PACK_ID_SIZE];
	if (!names->count)
		return NULL;
	place_new_pack(id);
	AUTO(memory) char *object = text_format(MARKS_PREFIX "%s", id);
	AUTO(memory) char *lines = strings_join(names, "\n");
	AUTO(memory) char *text = text_format("%s\n", lines);
	return store_put(repository->store, object, text, strlen(text), STORE_NEW);
}
