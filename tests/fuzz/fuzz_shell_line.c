/* Lines of `owctl shell`, of any bytes but NUL. What was read, quoted and joined again, reads as the same words. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/shell/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct strings *words)
{
	AUTO(str) struct str text = {0};
	AUTO(shell_line) struct shell_line line = {0};
	for (size_t i = 0; i < words->count; i++) {
		AUTO(memory) char *quoted = shell_line_quote(words->items[i], '"');
		str_add_format(&text, "\"%s\" ", quoted);
	}
	AUTO(error) struct error *error = shell_line_read(str_text(&text), &line);
	if (error || line.words.count != words->count)
		abort();
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(line.words.items[i], words->items[i]) != 0)
			abort();
}

static void type(const char *text)
{
	for (size_t size = 0; size <= strlen(text); size++) {
		AUTO(strings) struct strings words = {0};
		if (shell_line_words(text, size, &words) && !words.count)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(memory) char *text = text_copy_n((const char *)data, strnlen((const char *)data, size));
	AUTO(shell_line) struct shell_line line = {0};
	AUTO(error) struct error *error = shell_line_read(text, &line);
	if (error && (error->code != ERR_USAGE || strlen(error->message) > 300))
		abort();
	if (!error)
		read_again(&line.words);
	if (size < 500)
		type(text);
	shell_line_has_secret(text);
	return 0;
}
