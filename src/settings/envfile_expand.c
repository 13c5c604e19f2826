#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "settings/envfile.h"
#include "settings/value.h"

/* The pattern of dotenv/variables.py: \$\{([^}:]*)(:-([^}]*))?\}. False where `text` does not begin with one. */
struct reference {
	const char *name, *fallback, *end;
	size_t name_size, fallback_size;
};

static bool read_reference(const char *text, struct reference *reference)
{
	*reference = (struct reference){.name = text + 2, .fallback = ""};
	if (!text_starts(text, "${"))
		return false;
	reference->name_size = strcspn(reference->name, "}:");
	const char *at = reference->name + reference->name_size;
	if (text_starts(at, ":-")) {
		reference->fallback = at + 2;
		reference->fallback_size = strcspn(at + 2, "}");
		at = reference->fallback + reference->fallback_size;
	}
	reference->end = at + 1;
	return *at == '}';
}

/* Of the environment, or the last one of the first `count` lines; NULL: not set. */
static const char *value_of(const struct env_file *file, size_t count, char *const *environment, const char *name)
{
	const char *value = environment_find(environment, name);
	while (!value && count--)
		if (!strcmp(file->lines[count].name, name))
			value = file->lines[count].value;
	return value;
}

static char *expanded(const struct env_file *file, size_t line, char *const *environment)
{
	struct str out = {0};
	struct reference reference;
	for (const char *at = file->lines[line].value; *at;) {
		if (!read_reference(at, &reference)) {
			str_add_char(&out, *at++);
			continue;
		}
		AUTO(memory) char *name = text_copy_n(reference.name, reference.name_size);
		const char *value = value_of(file, line, environment, name);
		if (value)
			str_add(&out, value);
		else
			str_add_n(&out, reference.fallback, reference.fallback_size);
		at = reference.end;
	}
	return str_take(&out);
}

void envfile_expand(struct env_file *file, char *const *environment)
{
	for (size_t i = 0; i < file->count; i++) {
		if (!strstr(file->lines[i].value, "${"))
			continue;
		char *value = expanded(file, i, environment);
		secret_free(file->lines[i].value);
		file->lines[i].value = value;
	}
}
