#include "openwebui/secret_keys.h"

#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "settings/envfile.h"

const char *const secret_key_names[] = {"WEBUI_SECRET_KEY", "OAUTH_SESSION_TOKEN_ENCRYPTION_KEY",
					"OAUTH_CLIENT_INFO_ENCRYPTION_KEY", PGCRYPTO_KEY, NULL};

/* What every reader of such files takes as it stands. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+=:,@%"

static void add_value(struct str *line, const char *value)
{
	if (!value[strspn(value, PLAIN)]) {
		str_add(line, value);
		return;
	}
	str_add_char(line, '\'');
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			str_add_char(line, '\\');
		str_add_char(line, *value);
	}
	str_add_char(line, '\'');
}

static fallible add_line(struct strings *lines, const char *name, const char *value)
{
	struct str line = {0};
	if (strstr(value, "${"))
		return error_hint(error_new(ERR_SETTINGS, "%s has a \"${\", which files of settings can't hold", name),
				  "keep it elsewhere, and leave out --include-secrets");
	str_add_format(&line, "%s=", name);
	add_value(&line, value);
	strings_add_str(lines, &line);
	return NULL;
}

fallible secret_keys_text(struct settings *settings, char **text)
{
	AUTO(secrets) struct strings lines = {0};
	for (size_t i = 0; secret_key_names[i]; i++) {
		const char *value;
		TRY(settings_get(settings, secret_key_names[i], &value));
		if (!value && !i)
			return error_hint(error_new(ERR_SETTINGS, "%s is not set", secret_key_names[i]),
					  "--include-secrets needs the server's: set it, or %s_FILE (the server may "
					  "have it in .webui_secret_key, in the folder that it is started in)",
					  secret_key_names[i]);
		if (value)
			TRY(add_line(&lines, secret_key_names[i], value));
	}
	strings_add(&lines, "");
	*text = strings_join(&lines, "\n");
	return NULL;
}

/* ---- of a snapshot ---- */

static bool is_key(const char *name)
{
	for (size_t i = 0; secret_key_names[i]; i++)
		if (!strcmp(secret_key_names[i], name))
			return true;
	return false;
}

static fallible check_names(const struct env_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		if (!is_key(file->lines[i].name))
			return error_hint(error_new(ERR_INPUT, "the snapshot has %s among its secret keys",
						    file->lines[i].name),
					  "owctl does not write that: look who else can make snapshots");
	return NULL;
}

fallible secret_keys_check(const char *text)
{
	struct env_file file = {0};
	struct error *error = envfile_parse("the snapshot's secret keys", text, strlen(text), &file);
	if (error)
		error->code = ERR_INPUT;
	else
		error = check_names(&file);
	env_file_cleanup(&file);
	return error;
}
