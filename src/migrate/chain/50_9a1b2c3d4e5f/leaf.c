#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "current.h"

void messages_add(struct messages *messages, const char *id, const char *parent, double created_at)
{
	if (messages->count == messages->room) {
		messages->room = messages->room ? 2 * messages->room : 16;
		messages->items = mem_resize(messages->items, messages->room, sizeof *messages->items);
	}
	messages->items[messages->count++] = (struct message){text_copy(id), text_copy(parent), created_at};
}

void messages_cleanup(struct messages *messages)
{
	for (size_t i = 0; i < messages->count; i++) {
		free(messages->items[i].id);
		free(messages->items[i].parent);
	}
	free(messages->items);
	*messages = (struct messages){0};
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The parents of all messages, in order; NULLs are left out. To be freed. */
static const char **sorted_parents(const struct messages *messages, size_t *count)
{
	const char **parents = mem_new(messages->count, sizeof *parents);
	*count = 0;
	for (size_t i = 0; i < messages->count; i++)
		if (messages->items[i].parent)
			parents[(*count)++] = messages->items[i].parent;
	qsort(parents, *count, sizeof *parents, by_text);
	return parents;
}

static const struct message *newest(const struct messages *messages, const char *const *parents, size_t count)
{
	const struct message *found = NULL;
	for (size_t i = 0; i < messages->count; i++) {
		const struct message *message = &messages->items[i];
		bool is_parent = count && bsearch(&message->id, parents, count, sizeof *parents, by_text);
		if (!is_parent && (!found || message->created_at > found->created_at))
			found = message;
	}
	return found;
}

const char *messages_leaf(const struct messages *messages)
{
	size_t count;
	AUTO(memory) const char **parents = sorted_parents(messages, &count);
	const struct message *found = newest(messages, parents, count);
	if (!found)
		found = newest(messages, NULL, 0);
	return found ? found->id : NULL;
}
