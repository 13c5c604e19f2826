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
	char nobody[UUID_TEXT_SIZE];
	random_uuid(nobody);
	json_auto_t *claims = json_pack("{s:s, s:I}", "id", account ? account : nobody, "exp", (json_int_t)until);
	AUTO(memory) char *text = json_dumps(claims, JSON_COMPACT);
	return jwt_hs256(text, key);
}

bool session_needs_stamp(const char *release)
{
	return release && release_compare(release, FIRST_WITH_STAMP) >= 0;
}

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
	*key = text_equal(detail, "401 Unauthorized") ? KEY_OTHER
	       : text_equal(detail, "Not authenticated") ? KEY_LOST
							 : KEY_SAME;
	if (*key == KEY_SAME && named)
		*account = text_equal(detail, "Invalid token") ? ACCOUNT_KNOWN : ACCOUNT_MISSING;
}
