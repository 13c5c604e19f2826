#include <search.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/str.h"
#include "settings/envfile.h"

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

/* What a name stands for by now, in a tree (tsearch(3)): a file may have as many lines and references as it likes. */
struct known {
	char *name;
	const char *value; /* borrowed */
	bool fixed;        /* by the environment, which lines do not change */
};

struct names {
	void *root;
	size_t total; /* bytes of the values so far */
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->name, ((const struct known *)b)->name);
}

static void known_free(void *node)
{
	struct known *known = node;
	free(known->name);
	free(known);
}

static void names_cleanup(struct names *names)
{
	tdestroy(names->root, known_free);
}

/* The first one in the environment counts, and the last line of a file. */
static void learn(struct names *names, const char *name, size_t size, const char *value, bool fixed)
{
	struct known *known = mem_new(1, sizeof *known);
	*known = (struct known){text_copy_n(name, size), value, fixed};
	struct known *found = *(struct known **)tsearch(known, &names->root, by_name);
	if (found == known)
		return;
	if (!found->fixed)
		found->value = value;
	known_free(known);
}

static void learn_environment(struct names *names, char *const *environment)
{
	for (; environment && *environment; environment++) {
		const char *equals = strchr(*environment, '=');
		if (equals)
			learn(names, *environment, (size_t)(equals - *environment), equals + 1, true);
	}
}

static const char *value_of(const struct names *names, const struct reference *reference)
{
	AUTO(memory) char *name = text_copy_n(reference->name, reference->name_size);
	struct known **found = tfind(&(struct known){.name = name}, &names->root, by_name);
	return found ? (*found)->value : NULL;
}

/* *fits false when it grows beyond `limit`. Behind the last "}" there are no references: looking for their ends from
 * each "${" would take hours. */
static fallible expand(const struct names *names, const char *text, size_t limit, struct str *out, bool *fits)
{
	struct reference reference;
	const char *last = strrchr(text, '}');
	for (const char *at = text; *at && out->size <= limit;) {
		if (!last || at > last || !read_reference(at, &reference)) {
			str_add_char(out, *at++);
			continue;
		}
		TRY(cancel_check());
		const char *value = value_of(names, &reference);
		if (value)
			str_add(out, value);
		else
			str_add_n(out, reference.fallback, reference.fallback_size);
		at = reference.end;
	}
	*fits = out->size <= limit;
	return NULL;
}

static fallible expand_line(struct names *names, const char *path, struct env_line *line)
{
	TRY(cancel_check());
	if (strstr(line->value, "${")) {
		AUTO(str) struct str out = {0};
		bool fits = true;
		struct error *error = expand(names, line->value, ENVFILE_LIMIT - names->total, &out, &fits);
		if (error || !fits)
			mem_wipe(out.data, out.room);
		TRY(error);
		if (!fits) {
			return error_hint(error_new(ERR_SETTINGS,
						    "%s:%u: with the values of its references the file grows beyond "
						    "%zu bytes",
						    path, line->line, ENVFILE_LIMIT),
					  "do references repeat one another?");
		}
		secret_free(line->value);
		line->value = str_take(&out);
		names->total += strlen(line->value);
	}
	learn(names, line->name, strlen(line->name), line->value, false);
	return NULL;
}

fallible envfile_expand(const char *path, struct env_file *file, char *const *environment)
{
	AUTO(names) struct names names = {0};
	learn_environment(&names, environment);
	for (size_t i = 0; i < file->count; i++)
		TRY(expand_line(&names, path, &file->lines[i]));
	return NULL;
}
