#include "settings/value.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"

#define LIMIT ((size_t)64 * 1024)

const char *environment_find(char *const *environment, const char *name)
{
	size_t size = strlen(name);
	for (; environment && *environment; environment++)
		if (!strncmp(*environment, name, size) && (*environment)[size] == '=')
			return *environment + size + 1;
	return NULL;
}

const char *environment_get(char *const *environment, const char *name)
{
	const char *value = environment_find(environment, name);
	return value && *value ? value : NULL;
}

static fallible from_file(const char *path, bool must_be_private, char **out)
{
	if (must_be_private)
		TRY(file_check_private(path));
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, LIMIT, &text);
	settings_blame(error);
	if (!error && memchr(str_text(&text), '\0', text.size))
		error = error_new(ERR_SETTINGS, "%s holds a NUL byte", path);
	if (!error)
		*out = text_copy(str_text(&text));
	mem_wipe(text.data, text.room);
	return error;
}

static fallible read_value(const struct setting_value *value, char **out)
{
	switch (value->holder) {
	case HELD_HERE:
		*out = text_copy(value->text);
		return NULL;
	case HELD_IN_FILE:
		return from_file(value->text, value->must_be_private, out);
	case HELD_IN_VARIABLE:
		return error_new(ERR_SETTINGS, "the variable %s is not set", value->text);
	case HELD_BY_COMMAND:
		break;
	}
	return command_output(value->words.items, out);
}

static void drop_line_ends(char *text)
{
	for (size_t size = strlen(text); size && (text[size - 1] == '\n' || text[size - 1] == '\r'); size--)
		text[size - 1] = '\0';
}

fallible setting_value_resolve(struct setting_value *value)
{
	if (value->resolved)
		return NULL;
	AUTO(secret) char *text = NULL;
	TRY(read_value(value, &text));
	if (value->holder != HELD_HERE)
		drop_line_ends(text);
	if (!*text && !value->may_be_empty)
		return error_new(ERR_SETTINGS, "the value is empty");
	if (!utf8_valid(text, strlen(text)))
		return error_new(ERR_SETTINGS, "the value is not UTF-8");
	value->resolved = text;
	text = NULL;
	return NULL;
}

void setting_value_cleanup(struct setting_value *value)
{
	secret_free(value->text);
	strings_cleanup(&value->words);
	free(value->origin);
	secret_free(value->resolved);
	*value = (struct setting_value){0};
}
