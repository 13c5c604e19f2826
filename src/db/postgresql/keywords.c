#include "db/postgresql/keywords.h"

#include <string.h>

#include "base/hide.h"
#include "base/memory.h"

void keywords_cleanup(struct keywords *keywords)
{
	strings_cleanup(&keywords->names);
	secrets_cleanup(&keywords->values); /* the password is among them */
}

const char *keywords_get(const struct keywords *keywords, const char *name)
{
	for (size_t i = 0; i < keywords->names.count; i++)
		if (!strcmp(keywords->names.items[i], name))
			return keywords->values.items[i];
	return NULL;
}

void keywords_set(struct keywords *keywords, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	for (size_t i = 0; i < keywords->names.count; i++) {
		if (strcmp(keywords->names.items[i], name) != 0)
			continue;
		secret_free(keywords->values.items[i]);
		keywords->values.items[i] = text_copy(value);
		return;
	}
	strings_add(&keywords->names, name);
	strings_add(&keywords->values, value);
}

void keywords_set_default(struct keywords *keywords, const char *name, const char *value)
{
	if (!keywords_get(keywords, name))
		keywords_set(keywords, name, value);
}

static void add_pair(struct str *out, const char *name, const char *value)
{
	str_add_format(out, "%s%s='", out->size ? " " : "", name);
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *value);
	}
	str_add_char(out, '\'');
}

char *keywords_conninfo(const struct keywords *keywords)
{
	struct str out = {0};
	size_t room = 0; /* in one piece from the start: growing would leave copies of the password behind */
	for (size_t i = 0; i < keywords->names.count; i++)
		room += strlen(keywords->names.items[i]) + 2 * strlen(keywords->values.items[i]) + 4;
	str_reserve(&out, room);
	for (size_t i = 0; i < keywords->names.count; i++)
		add_pair(&out, keywords->names.items[i], keywords->values.items[i]);
	return str_take(&out);
}
