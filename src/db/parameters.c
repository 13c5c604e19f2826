#include "db/parameters.h"

#include <string.h>

#include "base/memory.h"

void parameters_cleanup(struct parameters *parameters)
{
	for (size_t i = 0; i < parameters->values.count; i++) /* the password is among them */
		mem_wipe(parameters->values.items[i], strlen(parameters->values.items[i]));
	strings_cleanup(&parameters->names);
	strings_cleanup(&parameters->values);
}

const char *parameters_get(const struct parameters *parameters, const char *name)
{
	for (size_t i = 0; i < parameters->names.count; i++)
		if (!strcmp(parameters->names.items[i], name))
			return parameters->values.items[i];
	return NULL;
}

void parameters_set(struct parameters *parameters, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	for (size_t i = 0; i < parameters->names.count; i++) {
		if (strcmp(parameters->names.items[i], name) != 0)
			continue;
		secret_free(parameters->values.items[i]);
		parameters->values.items[i] = text_copy(value);
		return;
	}
	strings_add(&parameters->names, name);
	strings_add(&parameters->values, value);
}

void parameters_set_default(struct parameters *parameters, const char *name, const char *value)
{
	if (!parameters_get(parameters, name))
		parameters_set(parameters, name, value);
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

char *parameters_conninfo(const struct parameters *parameters)
{
	struct str out = {0};
	size_t room = 0; /* in one piece from the start: growing would leave copies of the password behind */
	for (size_t i = 0; i < parameters->names.count; i++)
		room += strlen(parameters->names.items[i]) + 2 * strlen(parameters->values.items[i]) + 4;
	str_reserve(&out, room);
	for (size_t i = 0; i < parameters->names.count; i++)
		add_pair(&out, parameters->names.items[i], parameters->values.items[i]);
	return str_take(&out);
}
