#include "health/account.h"

#include "base/memory.h"
#include "base/str.h"

#define HINT                                                                                              \
	"set OWCTL_HEALTH_EMAIL and OWCTL_HEALTH_PASSWORD (or OWCTL_HEALTH_PASSWORD_FILE) of an account that is " \
	"for this alone, or OWCTL_HEALTH_TOKEN to an API key of it"

void health_account_cleanup(struct health_account *account)
{
	free(account->email);
	secret_free(account->password);
	secret_free(account->token);
	*account = (struct health_account){0};
}

static fallible refuse(const char *why)
{
	return error_hint(error_new(ERR_SETTINGS, "--deep: %s", why), "%s", HINT);
}

/* It goes into a header. */
static bool is_token(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

fallible health_account_read(struct settings *settings, struct health_account *account)
{
	const char *email = NULL, *password = NULL, *token = NULL;
	TRY(settings_get(settings, "OWCTL_HEALTH_EMAIL", &email));
	TRY(settings_get(settings, "OWCTL_HEALTH_PASSWORD", &password));
	TRY(settings_get(settings, "OWCTL_HEALTH_TOKEN", &token));
	if (!email && !password && !token)
		return refuse("no account is set to sign in with");
	if (token && (email || password))
		return refuse("OWCTL_HEALTH_TOKEN is set, and OWCTL_HEALTH_EMAIL or OWCTL_HEALTH_PASSWORD as well: one "
			      "account, in one way");
	if (!email != !password)
		return refuse(email ? "OWCTL_HEALTH_EMAIL is set, and no OWCTL_HEALTH_PASSWORD"
				    : "OWCTL_HEALTH_PASSWORD is set, and no OWCTL_HEALTH_EMAIL");
	if (token && !is_token(token))
		return refuse("OWCTL_HEALTH_TOKEN has characters that are in no token");
	account->email = text_copy(email);
	account->password = text_copy(password);
	account->token = text_copy(token);
	return NULL;
}

bool health_account_has_key(const struct health_account *account)
{
	return account->token && text_starts(account->token, "sk-");
}
