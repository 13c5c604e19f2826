/* The command line parser, completion and help with words of any bytes: the input is split at its NULs. The parser
 * sees the real tree of commands, so every type of value is reached. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/complete.h"

#define MOST_WORDS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(struct strings *words)
{
	AUTO(invocation) struct invocation invocation;
	AUTO(error) struct error *error =
		parse_command_line(&root_command, (int)words->count, words->items, &invocation);
	if (error) {
		AUTO(memory) char *text = error_text(error);
		/* Whatever was typed, a message stays one that can be read. */
		if (error->code != ERR_USAGE || strlen(text) > 2000)
			abort();
		return;
	}
	AUTO(str) struct str help = {0};
	help_write(&help, invocation.command, invocation.path, 80);
}

static void complete(struct strings *words)
{
	/* Only static words: completers of commands may look at a database. */
	AUTO(strings) struct strings candidates = {0};
	complete_words(&root_command, words->count ? 1 : 0, words->items, &candidates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(strings) struct strings words = {0};
	const char *at = (const char *)data, *end = at + size;
	while (at < end && words.count < MOST_WORDS) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		const char *last = nul ? nul : end;
		strings_add_taken(&words, text_copy_n(at, (size_t)(last - at)));
		at = last + 1;
	}
	parse(&words);
	complete(&words);
	return 0;
}
