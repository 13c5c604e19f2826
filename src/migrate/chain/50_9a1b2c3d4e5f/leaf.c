#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "current.h"

static size_t add_text(struct str *texts, const char *text)
{
	size_t place = texts->size;
	str_add_n(texts, text, strlen(text) + 1);
	return place;
}

void messages_add(struct messages *messages, const char *id, const char *parent, double created_at)
{
	if (messages->count == messages->room) {
		messages->room = messages->room ? 2 * messages->room : 16;
		messages->items = large_resize(messages->items, messages->room * sizeof *messages->items);
	}
	if (!messages->texts.size)
		add_text(&messages->texts, ""); /* nothing else is at 0 */
	struct message *message = &messages->items[messages->count++];
	message->id = add_text(&messages->texts, id);
	message->parent = parent ? add_text(&messages->texts, parent) : 0;
	message->created_at = created_at;
}

void messages_cleanup(struct messages *messages)
{
	large_free(messages->items);
	str_cleanup(&messages->texts);
	*messages = (struct messages){0};
}

const char *messages_id(const struct messages *messages, size_t number)
{
	return messages->texts.data + messages->items[number].id;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The parents of all messages, in order. To be freed by large_free. */
static const char **sorted_parents(const struct messages *messages, size_t *count)
{
	const char **parents = large_resize(NULL, messages->count * sizeof *parents);
	*count = 0;
	for (size_t i = 0; i < messages->count; i++)
		if (messages->items[i].parent)
			parents[(*count)++] = messages->texts.data + messages->items[i].parent;
	qsort(parents, *count, sizeof *parents, by_text);
	return parents;
}

static const char *newest(const struct messages *messages, const char *const *parents, size_t count)
{
	const struct message *found = NULL;
	for (size_t i = 0; i < messages->count; i++) {
		const struct message *message = &messages->items[i];
		const char *id = messages_id(messages, i);
		bool is_parent = count && bsearch(&id, parents, count, sizeof *parents, by_text);
		if (!is_parent && (!found || message->created_at > found->created_at))
			found = message;
	}
	return found ? messages->texts.data + found->id : NULL;
}

const char *messages_leaf(const struct messages *messages)
{
	size_t count;
	AUTO(large) const char **parents = sorted_parents(messages, &count);
	const char *found = newest(messages, parents, count);
	return found ? found : newest(messages, NULL, 0);
}
