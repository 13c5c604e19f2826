/* A profile of the files that AWS's tools share. Source: "Configuration and credential file settings", AWS CLI user
 * guide. In ~/.aws/config the section of a profile is [profile NAME], in ~/.aws/credentials [NAME]; in both [default].
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/s3/credentials.h"
#include "store/s3/profile.h"

#define FILE_LIMIT (1024 * 1024)

static const struct {
	const char *name;
	size_t field;
} fields[] = {
	{"aws_access_key_id", offsetof(struct s3_profile, access_key)},
	{"aws_secret_access_key", offsetof(struct s3_profile, secret_key)},
	{"aws_session_token", offsetof(struct s3_profile, session_token)},
	{"role_arn", offsetof(struct s3_profile, role)},
	{"role_session_name", offsetof(struct s3_profile, role_session)},
	{"web_identity_token_file", offsetof(struct s3_profile, token_file)},
	{"region", offsetof(struct s3_profile, region)},
	{"credential_process", offsetof(struct s3_profile, elsewhere)},
	{"source_profile", offsetof(struct s3_profile, elsewhere)},
	{"credential_source", offsetof(struct s3_profile, elsewhere)},
	{"sso_session", offsetof(struct s3_profile, elsewhere)},
	{"sso_start_url", offsetof(struct s3_profile, elsewhere)},
};

void s3_profile_cleanup(struct s3_profile *profile)
{
	char *texts[] = {profile->access_key,	profile->secret_key, profile->session_token, profile->role,
			 profile->role_session, profile->token_file, profile->region,	 profile->elsewhere};
	for (size_t i = 0; i < COUNT(texts); i++)
		secret_free(texts[i]);
	*profile = (struct s3_profile){0};
}

static char *trimmed(char *text)
{
	text += strspn(text, " \t");
	size_t size = strlen(text);
	while (size && strchr(" \t\r", text[size - 1]))
		size--;
	text[size] = '\0';
	return text;
}

/* Whether "[profile NAME]" or "[NAME]" is the section of this profile. */
static bool is_section(char *line, const char *profile)
{
	char *end = strchr(line, ']');
	if (!end)
		return false;
	*end = '\0';
	char *name = trimmed(line + 1);
	if (text_starts(name, "profile ") || text_starts(name, "profile\t"))
		name = trimmed(name + strlen("profile "));
	return !strcmp(name, profile);
}

/* The first file that has a value of a kind keeps it. */
static void take_line(struct s3_profile *profile, char *line)
{
	char *equals = strchr(line, '=');
	if (!equals)
		return;
	*equals = '\0';
	const char *name = trimmed(line), *value = trimmed(equals + 1);
	for (size_t i = 0; i < COUNT(fields); i++) {
		char **field = (char **)(void *)((char *)profile + fields[i].field);
		if (!strcasecmp(name, fields[i].name) && *value && !*field)
			*field = text_copy(fields[i].field == offsetof(struct s3_profile, elsewhere) ? name : value);
	}
}

/* Lines that are indented belong to the one before them (s3 =, services =): nothing of these is of interest. */
static void read_text(char *text, const char *name, struct s3_profile *profile)
{
	bool inside = false;
	for (char *line; (line = strsep(&text, "\n"));) {
		if (*line == '[') {
			inside = is_section(line, name);
			profile->found = profile->found || inside;
		} else if (inside && !strchr("#; \t\r", *line)) {
			take_line(profile, line);
		}
	}
}

static fallible read_file(const char *variable, const char *usual, const char *name, struct s3_profile *profile)
{
	const char *given = store_environment(variable), *home = store_environment("HOME");
	AUTO(memory) char *path = given ? text_copy(given) : home ? text_format("%s/.aws/%s", home, usual) : NULL;
	if (!path || (!given && !file_exists(path)))
		return NULL;
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, FILE_LIMIT, &text);
	TRY(given ? error_wrap(error, "%s", variable) : error);
	if (text.size)
		read_text(text.data, name, profile);
	mem_wipe(text.data, text.size);
	return NULL;
}

fallible s3_profile_read(struct s3_profile *profile)
{
	const char *named = store_environment("AWS_PROFILE"), *name = named ? named : "default";
	TRY(read_file("AWS_SHARED_CREDENTIALS_FILE", "credentials", name, profile));
	TRY(read_file("AWS_CONFIG_FILE", "config", name, profile));
	if (!profile->found && named)
		return error_hint(error_new(ERR_SETTINGS, "there is no profile \"%s\" in AWS's shared files", name),
				  "AWS_PROFILE names it; it is looked for in ~/.aws/credentials and ~/.aws/config, or "
				  "AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE");
	return NULL;
}

static fallible keys_of(struct s3_profile *profile, const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	if (profile->role && profile->token_file) {
		*found = true;
		return s3_keys_of_role(profile->role, profile->role_session, profile->token_file, asking, keys);
	}
	if (profile->elsewhere)
		return error_hint(error_new(ERR_SETTINGS,
					    "the profile in AWS's shared files gets its keys by %s, which owctl does "
					    "not know",
					    profile->elsewhere),
				  "let AWS's own tool print them: "
				  "eval \"$(aws configure export-credentials --format env)\"");
	if (!profile->access_key != !profile->secret_key)
		return error_hint(error_new(ERR_SETTINGS, "the profile in AWS's shared files has only one of "
							  "aws_access_key_id and aws_secret_access_key"),
				  "give both");
	*found = profile->access_key;
	*keys = (struct s3_keys){.access_key = text_copy(profile->access_key),
				 .secret_key = text_copy(profile->secret_key),
				 .session_token = text_copy(profile->session_token)};
	return NULL;
}

fallible s3_keys_of_files(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	AUTO(s3_profile) struct s3_profile profile = {0};
	TRY(s3_profile_read(&profile));
	return keys_of(&profile, asking, keys, found);
}
