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

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
	for (size_t i = 0; i < count; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

/* White_Space and Zs of the Unicode Character Database. */
static bool is_blank(uint32_t point)
{
	static const struct range blanks[] = {{0x20, 0x20},	{0xa0, 0xa0},	  {0x1680, 0x1680}, {0x2000, 0x200a},
					      {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
	return is_in(blanks, COUNT(blanks), point);
}

/* Default_Ignorable_Code_Point of the Unicode Character Database, and the empty Braille pattern: nothing is seen of it,
 * so two addresses look like one. A name may have such ones, as scripts and emoji need them. */
static bool is_invisible(uint32_t point)
{
	static const struct range invisible[] = {
		{0xad, 0xad},	    {0x34f, 0x34f},	{0x61c, 0x61c},	  {0x115f, 0x1160},   {0x17b4, 0x17b5},
		{0x180b, 0x180f},   {0x200b, 0x200f},	{0x2028, 0x202e}, {0x2060, 0x206f},   {0x2800, 0x2800},
		{0x3164, 0x3164},   {0xfe00, 0xfe0f},	{0xfeff, 0xfeff}, {0xffa0, 0xffa0},   {0xfff0, 0xfff8},
		{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
	return is_in(invisible, COUNT(invisible), point);
}

struct looks {
	size_t points, visible, blanks, invisible;
};

static const char *text_fault(const char *text, struct looks *looks)
{
	size_t size = strlen(text);
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(text + i, size - i, &point);
		if (!length)
			return "is not valid UTF-8";
		if (utf8_is_unsafe(point))
			return "holds a control character";
		looks->blanks += is_blank(point);
		looks->invisible += is_invisible(point);
		looks->visible += !is_blank(point) && !is_invisible(point);
		looks->points++;
		i += length;
	}
	return NULL;
}

const char email_hint[] =
	"as in alice@example.org; no blanks, control or invisible characters, UTF-8, 254 bytes at most";
const char name_hint[] =
	"a name has 1 to 255 characters, one to be seen at least and none of them a control character, in UTF-8";

const char *email_fault(const char *email)
{
	struct looks looks = {0};
	const char *fault = text_fault(email, &looks);
	if (fault)
		return fault;
	if (looks.blanks)
		return "holds a blank";
	if (looks.invisible)
		return "holds an invisible character";
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
	struct looks looks = {0};
	const char *fault = text_fault(name, &looks);
	if (fault)
		return fault;
	if (!looks.visible)
		return "is empty";
	return looks.points > NAME_LIMIT ? "is longer than 255 characters" : NULL;
}
