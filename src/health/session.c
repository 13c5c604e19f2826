#include "health/session.h"

#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "crypto/jwt.h"
#include "openwebui/release.h"

/* The first release that knows a stamp. */
#define FIRST_WITH_STAMP "0.12.0"

char *session_token(const char *key, const char *account, int64_t until)
{
	char nobody[UUID_TEXT_SIZE], stamp[UUID_TEXT_SIZE];
	random_uuid(nobody);
	random_uuid(stamp);
	json_auto_t *claims = json_pack("{s:s, s:s, s:I}", "id", account ? account : nobody, "session_stamp", stamp,
					"exp", (json_int_t)until);
	AUTO(memory) char *text = json_dumps(claims, JSON_COMPACT);
	return jwt_hs256(text ? text : "{}", key); /* an id that is no UTF-8 is nobody's */
}

bool session_needs_stamp(const char *release)
{
	return release && release_compare(release, FIRST_WITH_STAMP) >= 0;
}

/* Any other word is of whoever stands between. */
static const struct {
	const char *detail;
	enum key_standing key;
	enum account_standing account;
} details[] = {
	{"401 Unauthorized", KEY_OTHER, ACCOUNT_NOT_ASKED},
	{"Not authenticated", KEY_LOST, ACCOUNT_NOT_ASKED},
	{"Invalid token", KEY_SAME, ACCOUNT_KNOWN},
	{"Invalid authentication request.", KEY_SAME, ACCOUNT_MISSING},
	{"Your session has expired or the token is invalid.", KEY_SAME, ACCOUNT_NOT_ASKED},
};

void session_read(const struct probe_answer *answer, bool named, enum key_standing *key,
		  enum account_standing *account)
{
	*key = KEY_UNKNOWN;
	*account = ACCOUNT_NOT_ASKED;
	if (answer->end != PROBE_ANSWERED || answer->http.status != 401)
		return;
	AUTO(memory) char *detail = answer_detail(answer);
	if (!detail)
		return;
	for (size_t i = 0; i < COUNT(details); i++) {
		if (!text_starts(detail, details[i].detail))
			continue;
		*key = details[i].key;
		*account = named ? details[i].account : ACCOUNT_NOT_ASKED;
	}
}
