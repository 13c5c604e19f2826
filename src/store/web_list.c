#include <stdlib.h>
#include <string.h>

#include "store/web.h"

void store_entry_cleanup(struct store_entry *entry)
{
	str_cleanup(&entry->name);
	str_cleanup(&entry->tag);
}

bool store_entry_take(struct store_entry *entry, const struct store_entry_form *form, const char *path,
		      const char *text)
{
	if (!strcmp(path, form->name))
		str_set(&entry->name, text);
	else if (!strcmp(path, form->tag))
		str_set(&entry->tag, text);
	else if (!strcmp(path, form->size))
		entry->size = strtoull(text, NULL, 10);
	else if (!strcmp(path, form->modified))
		entry->modified = store_time_of(text);
	else
		return false;
	return true;
}

struct store_object store_entry_object(const struct store_entry *entry, size_t prefix)
{
	return (struct store_object){.name = str_text(&entry->name) + prefix,
				     .size = entry->size,
				     .modified = entry->modified,
				     .tag = entry->tag.size ? entry->tag.data : NULL};
}

void store_entry_clear(struct store_entry *entry)
{
	str_clear(&entry->name);
	str_clear(&entry->tag);
	entry->size = 0;
	entry->modified = 0;
}
