/* What the installation asks of new passwords, as Open WebUI's own forms do (validate_password of utils/auth.py):
 * PASSWORD_HASH_ALGORITHM with its limit of length, and with ENABLE_PASSWORD_VALIDATION the regular expression
 * PASSWORD_VALIDATION_REGEX_PATTERN. PCRE2 reads what people write there as Python does. */
#ifndef OPENWEBUI_PASSWORD_RULES_H
#define OPENWEBUI_PASSWORD_RULES_H

#include "crypto/password.h"
#include "openwebui/revision.h"
#include "settings/settings.h"

struct password_rules {
	enum password_algorithm algorithm;
	void *pattern; /* compiled; NULL: any password */
	char *hint;    /* what a password is like: Open WebUI's own pattern in words, or the pattern that is set; with
			* PASSWORD_VALIDATION_HINT where there is one */
};

/* ERR_SETTINGS for an unknown algorithm or a pattern that is none. */
fallible password_rules_load(struct settings *settings, struct password_rules *rules) MUST_CHECK;
void password_rules_cleanup(struct password_rules *rules);

/* ERR_INPUT for a password that the installation would not take; never quotes it. ERR_SETTINGS when the pattern costs
 * so much that PCRE2 gives up. */
fallible password_rules_check(const struct password_rules *rules, const char *password) MUST_CHECK;

/* Makes a password that passes; to be released with secret_free. ERR_SETTINGS when none does of a thousand, or
 * of as many as can be tried in 10 s; ERR_INTERRUPTED. */
fallible password_rules_generate(const struct password_rules *rules, char **password) MUST_CHECK;

/* ERR_SETTINGS where servers at the revision can't check what the algorithm makes. */
fallible password_algorithm_usable(enum password_algorithm algorithm, const struct revision *revision) MUST_CHECK;

#endif
