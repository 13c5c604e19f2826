/* Lines of `owctl shell`, of any bytes but NUL. What was read, quoted and joined again, reads as the same words, in
 * whichever quote. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "commands/shell/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_word(struct str *text, const char *word, char quote)
{
	const char mark[] = {quote, '\0'};
	AUTO(memory) char *quoted = shell_line_quote(word, quote);
	AUTO(memory) char *plain = shell_line_unquote(quoted, quote);
	const char *nothing = quote ? "" : "''";
	if (*word && !text_equal(plain, word))
		abort();
	str_add_format(text, "%s%s%s ", mark, *word ? quoted : nothing, mark);
}

static void read_again(const struct strings *words, char quote)
{
	AUTO(str) struct str text = {0};
	AUTO(shell_line) struct shell_line line = {0};
	for (size_t i = 0; i < words->count; i++)
		add_word(&text, words->items[i], quote);
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
	static const char quotes[] = {'\0', '\'', '"'};
	AUTO(memory) char *text = text_copy_n((const char *)data, strnlen((const char *)data, size));
	AUTO(shell_line) struct shell_line line = {0};
	AUTO(error) struct error *error = shell_line_read(text, &line);
	if (error && (error->code != ERR_USAGE || strlen(error->message) > 300))
		abort();
	for (size_t i = 0; !error && i < sizeof quotes; i++)
		read_again(&line.words, quotes[i]);
	if (size < 500)
		type(text);
	shell_line_has_secret(text);
	return 0;
}
