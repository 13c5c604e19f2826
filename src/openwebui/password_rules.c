#include "openwebui/password_rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "openwebui/schema.h"

#define GENERATED_LENGTH 20
#define MOST_TRIES 1000
#define MOST_MS 10000

static fallible read_algorithm(struct settings *settings, enum password_algorithm *algorithm)
{
	const char *name;
	TRY(settings_get(settings, "PASSWORD_HASH_ALGORITHM", &name));
	*algorithm = PASSWORD_BCRYPT;
	if (!name || !strcasecmp(name, "bcrypt"))
		return NULL;
	if (strcasecmp(name, "argon2") != 0)
		return error_hint(error_new(ERR_SETTINGS, "PASSWORD_HASH_ALGORITHM (%s): unknown algorithm \"%s\"",
					    settings_origin(settings, "PASSWORD_HASH_ALGORITHM"), name),
				  "Open WebUI knows bcrypt and argon2");
	*algorithm = PASSWORD_ARGON2;
	return NULL;
}

/* Open WebUI's own pattern in words. */
static const char default_rule[] = "a password has 8 characters at least, among them a small letter, a capital, a "
				   "digit and a sign";

static fallible compile(struct settings *settings, struct password_rules *rules)
{
	const char *pattern, *hint;
	TRY(settings_get(settings, "PASSWORD_VALIDATION_REGEX_PATTERN", &pattern));
	TRY(settings_get(settings, "PASSWORD_VALIDATION_HINT", &hint));
	int code;
	PCRE2_SIZE where;
	/* Anchored: Python's match() begins at the start and ends where it likes. */
	rules->pattern = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				       PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &code, &where, NULL);
	const struct setting *setting = setting_find("PASSWORD_VALIDATION_REGEX_PATTERN");
	if (text_equal(pattern, setting->fallback))
		rules->hint = hint ? text_copy(hint) : text_copy(default_rule);
	else
		rules->hint = text_format("%s%sit must match %s", hint ? hint : "", hint ? "; " : "", pattern);
	if (rules->pattern)
		return NULL;
	PCRE2_UCHAR why[128] = "";
	pcre2_get_error_message(code, why, sizeof why);
	return error_hint(error_new(ERR_SETTINGS, "PASSWORD_VALIDATION_REGEX_PATTERN (%s): %s at position %zu",
				    settings_origin(settings, "PASSWORD_VALIDATION_REGEX_PATTERN"), (const char *)why,
				    where),
			  "Open WebUI itself falls back to its default pattern; mend this one");
}

fallible password_rules_load(struct settings *settings, struct password_rules *rules)
{
	const char *enabled;
	*rules = (struct password_rules){0};
	TRY(read_algorithm(settings, &rules->algorithm));
	TRY(settings_get(settings, "ENABLE_PASSWORD_VALIDATION", &enabled));
	return enabled && !strcasecmp(enabled, "true") ? compile(settings, rules) : NULL;
}

void password_rules_cleanup(struct password_rules *rules)
{
	pcre2_code_free(rules->pattern);
	free(rules->hint);
	*rules = (struct password_rules){0};
}

/* PCRE2 bounds what a pattern may cost; that it gave up says nothing about the password. */
static fallible match(const struct password_rules *rules, const char *password, bool *matches)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int found = data ? pcre2_match(rules->pattern, (PCRE2_SPTR)password, strlen(password), 0, 0, data, NULL)
			 : PCRE2_ERROR_NOMEMORY;
	pcre2_match_data_free(data);
	*matches = found >= 0;
	if (found >= 0 || found == PCRE2_ERROR_NOMATCH)
		return NULL;
	PCRE2_UCHAR why[128] = "";
	pcre2_get_error_message(found, why, sizeof why);
	return error_hint(error_new(ERR_SETTINGS, "PASSWORD_VALIDATION_REGEX_PATTERN can't be tried: %s",
				    (const char *)why),
			  "make the pattern simpler: repetitions inside of repetitions, as in (a+)+, take for ever");
}

fallible password_rules_check(const struct password_rules *rules, const char *password)
{
	bool matches = true;
	TRY(password_check_length(password, rules->algorithm));
	if (rules->pattern)
		TRY(match(rules, password, &matches));
	if (matches)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "the password is not one that this installation takes"),
			  "%s", rules->hint);
}

fallible password_rules_generate(const struct password_rules *rules, char **password)
{
	int64_t deadline = clock_monotonic_ms() + MOST_MS;
	for (int i = 0; i < MOST_TRIES && clock_monotonic_ms() < deadline; i++) {
		TRY(cancel_check());
		AUTO(secret) char *made = random_password(GENERATED_LENGTH);
		struct error *error = password_rules_check(rules, made);
		if (!error) {
			*password = made;
			made = NULL;
			return NULL;
		}
		if (error->code != ERR_INPUT)
			return error;
		error_ignore(error); /* another one is tried */
	}
	return error_hint(error_new(ERR_SETTINGS, "no generated password matches PASSWORD_VALIDATION_REGEX_PATTERN"),
			  "give one with --password-file or --password-stdin");
}

fallible password_algorithm_usable(enum password_algorithm algorithm, const struct revision *revision)
{
	if (algorithm != PASSWORD_ARGON2 || schema_knows_argon2(revision))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "Open WebUI before 0.10 can't check an argon2 hash"),
			  "such a server hashes with bcrypt, whatever PASSWORD_HASH_ALGORITHM says: unset it");
}
