#include "openwebui/account_rules.h"

#include <string.h>

#include "base/utf8.h"

#define EMAIL_LIMIT 254 /* RFC 5321, 4.5.3.1.3, less the angle brackets */
#define NAME_LIMIT 255

const char *const user_roles[] = {"pending", "user", "admin", NULL};

bool user_role_known(const char *role)
{
	for (size_t i = 0; user_roles[i]; i++)
		if (!strcmp(user_roles[i], role))
			return true;
	return false;
}

char *email_normalize(const char *email)
{
	struct str lower = {0};
	utf8_add_lower(&lower, email);
	return str_take(&lower);
}

static const char *text_fault(const char *text, bool blanks, size_t *points)
{
	size_t size = strlen(text);
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size - i, &point);
		if (!length)
			return "is not valid UTF-8";
		if (utf8_is_unsafe(point))
			return "holds a control character";
		if (!blanks && (point == ' ' || point == 0xa0 || point == 0x3000))
			return "holds a blank";
		i += length;
		++*points;
	}
	return NULL;
}

const char email_hint[] = "as in alice@example.org; no blanks or control characters, UTF-8, 254 bytes at most";
const char name_hint[] = "a name has 1 to 255 characters, none of them a control character, in UTF-8";

const char *email_fault(const char *email)
{
	size_t points = 0;
	const char *fault = text_fault(email, false, &points);
	if (fault)
		return fault;
	if (strlen(email) > EMAIL_LIMIT)
		return "is longer than 254 bytes";
	const char *at = strchr(email, '@');
	if (!at || at == email)
		return "has no name before an @";
	if (strchr(at + 1, '@'))
		return "has more than one @";
	if (!strcmp(at, "@localhost"))
		return NULL;
	const char *dot = at[1] ? strchr(at + 2, '.') : NULL;
	if (!dot || !dot[1])
		return "has no domain with a dot after the @";
	return NULL;
}

const char *name_fault(const char *name)
{
	size_t points = 0;
	const char *fault = text_fault(name, true, &points);
	if (fault)
		return fault;
	if (!points || name[strspn(name, " ")] == '\0')
		return "is empty";
	return points > NAME_LIMIT ? "is longer than 255 characters" : NULL;
}
