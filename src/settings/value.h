/* One value of a setting: where it stands, and reading it when it is asked for. */
#ifndef SETTINGS_VALUE_H
#define SETTINGS_VALUE_H

#include <stdbool.h>

#include "base/str.h"
#include "settings/settings.h"

enum value_holder {
	HELD_HERE,          /* `text` is the value */
	HELD_IN_FILE,       /* `text` is a path */
	HELD_IN_VARIABLE,   /* `text` is the name of an environment variable; looked up while loading */
	HELD_BY_COMMAND,    /* `words` are a program and its arguments */
};

struct setting_value {
	enum setting_source source;
	enum value_holder holder;
	char *text;
	struct strings words;
	bool may_be_empty;    /* to Open WebUI an empty text is a value of this setting (layer_place sets it) */
	bool must_be_private; /* a file that everybody can read is refused */
	char *origin;
	char *resolved; /* NULL until asked for */
};

/* Reads the value into `resolved`. ERR_SETTINGS when file or variable are empty or missing, when the command fails or
 * takes more than 10 s; what the command printed is never part of the message. */
fallible setting_value_resolve(struct setting_value *value) MUST_CHECK;
void setting_value_cleanup(struct setting_value *value);

const char *environment_find(char *const *environment, const char *name); /* NULL when unset */
const char *environment_get(char *const *environment, const char *name); /* NULL when unset or empty */

/* What is wrong with a file that settings are read from is wrong with the settings: missing, a folder, too large. */
static inline void settings_blame(struct error *error)
{
	if (error && (error->code == ERR_INPUT || error->code == ERR_FAILED))
		error->code = ERR_SETTINGS;
}

/* Runs a program without a shell, standard input closed, and takes what it prints up to the last line end. */
fallible command_output(char *const *words, char **output) MUST_CHECK;

#endif
