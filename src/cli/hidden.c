#include "cli/hidden.h"

#include <stdio.h>
#include <string.h>

#include "cli/lookup.h"
#include "cli/run.h"
#include "cli/screen.h"

static fallible run_complete(int count, char *const *words)
{
	if (count && !strcmp(words[0], "--")) {
		count--;
		words++;
	}
	AUTO(strings) struct strings candidates = {0};
	complete_words(&root_command, count, words, &candidates);
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < candidates.count; i++)
		str_add_format(&text, "%s\n", candidates.items[i]);
	return screen_write(stdout, &text);
}

const struct hidden_command *find_hidden(const char *name)
{
	static const struct hidden_command commands[] = {
		{"__complete", run_complete},
	};
	for (size_t i = 0; i < COUNT(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}
