#include "base/shell.h"

#include <string.h>

#include "base/str.h"

char *shell_word(const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:@_";
	struct str word = {0};
	if (*text && !text[strspn(text, plain)]) {
		str_add(&word, text);
		return str_take(&word);
	}
	str_add_char(&word, '\'');
	for (; *text; text++)
		*text == '\'' ? str_add(&word, "'\\''") : str_add_char(&word, *text);
	str_add_char(&word, '\'');
	return str_take(&word);
}
