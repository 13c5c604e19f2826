/* What a history must not keep. */
#include <string.h>

#include "base/memory.h"
#include "cli/wipe.h"
#include "commands/shell/line.h"

/* Of programs, whose words nobody here knows: in doubt it is one. */
static bool sounds_secret(const char *text)
{
	static const char *const words[] = {"pass", "token", "secret", "bearer", "api-key", "apikey", "api_key"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/* Where it has words for a program. */
static const char *program_in(const char *text)
{
	const char *first = text + strspn(text, " \t");
	return *first == '!' ? first : strchr(text, '|');
}

/* As for the list of processes: what wipe_secrets would change in one of the words. */
static bool have_secret(struct strings *words)
{
	AUTO(memory) char *before = strings_join(words, " ");
	wipe_secrets((int)words->count, words->items);
	AUTO(memory) char *after = strings_join(words, " ");
	return strcmp(before, after) != 0;
}

/* An option that other programs have: owctl refuses it, and what was meant for it was typed. */
static bool have_password(const struct strings *words)
{
	static const char option[] = "--password";
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		if (text_starts(word, option) && (!word[sizeof option - 1] || word[sizeof option - 1] == '='))
			return true;
	}
	return false;
}

/* The words as they are taken, and as they would be without quotes: also behind a | or in a line that is wrong. */
bool shell_line_has_secret(const char *text)
{
	const char *program = program_in(text);
	if ((program && sounds_secret(program)) || strcasestr(text, "AGE-SECRET-KEY-"))
		return true;
	AUTO(strings) struct strings taken = {0};
	AUTO(strings) struct strings words = {0};
	AUTO(memory) char *spaced = text_copy(text);
	for (char *at = spaced; *at; at++)
		if (strchr("\t'\"|>!", *at))
			*at = ' ';
	strings_split(&words, spaced, ' ');
	shell_line_words(text, strlen(text), &taken);
	return have_password(&words) || have_secret(&taken) || have_secret(&words);
}
