#include "db/url.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/hide.h"
#include "base/memory.h"
#include "base/utf8.h"

#define ENCODE_HINT "in a password write @ as %%40, : as %%3A, / as %%2F, ? as %%3F and %% as %%25"

static unsigned hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Two hexadecimal digits at `text`. */
static bool is_hex(const char *text)
{
	return isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]);
}

/* As Python's unquote: "%" without two hexadecimal digits stands for itself. */
static fallible decode(const char *text, size_t size, bool form, char **decoded)
{
	char *out = mem_new(size + 1, 1);
	size_t used = 0;
	for (size_t i = 0; i < size; i++) {
		char c = form && text[i] == '+' ? ' ' : text[i];
		if (c == '%' && i + 2 < size && is_hex(text + i + 1)) {
			c = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
			i += 2;
		}
		out[used++] = c;
	}
	if (!memchr(out, '\0', used) && utf8_valid(out, used)) {
		*decoded = out;
		return NULL;
	}
	mem_wipe(out, used);
	free(out);
	return error_hint(error_new(ERR_SETTINGS, "the database URL holds bytes that are not UTF-8, or %%00"),
			  "percent-encode the UTF-8 form of every character");
}

static fallible split_query(const char *query, struct db_url *url)
{
	while (*query) {
		const char *end = strchrnul(query, '&');
		const char *equals = memchr(query, '=', (size_t)(end - query));
		if (equals && equals + 1 < end) {
			char *name = NULL, *value = NULL;
			TRY(decode(query, (size_t)(equals - query), true, &name));
			strings_add_taken(&url->names, name);
			TRY(decode(equals + 1, (size_t)(end - equals - 1), true, &value));
			strings_add_taken(&url->values, value);
		}
		query = *end ? end + 1 : end;
	}
	return NULL;
}

/* Takes "user:password@" off `*text`. The user ends at the first ":" or "/"; the password at the first "@" behind it;
 * a user without a password may hold "@" itself (or is a token that does). */
static fallible split_credentials(const char **text, struct db_url *url)
{
	const char *start = *text;
	const char *stop = start + strcspn(start, ":/");
	const char *at = *stop == ':' ? strchr(stop, '@') : NULL;
	if (at) {
		TRY(decode(stop + 1, (size_t)(at - stop - 1), false, &url->password));
	} else {
		at = memrchr(start, '@', (size_t)(stop - start));
		stop = at;
		url->doubtful = at && memchr(start, '@', (size_t)(at - start));
	}
	if (!at)
		return NULL;
	*text = at + 1;
	return decode(start, (size_t)(stop - start), false, &url->user);
}

static fallible check_hosts(const char *hosts)
{
	if (!strchr(hosts, '@'))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "the host in the database URL holds an @"), ENCODE_HINT);
}

static fallible split_rest(const char *rest, struct db_url *url)
{
	TRY(split_credentials(&rest, url));
	url->doubtful = url->doubtful || strchr(rest, '@');
	size_t size = strcspn(rest, "/?");
	if (size) {
		url->hosts = text_copy_n(rest, size);
		TRY(check_hosts(url->hosts));
	}
	rest += size;
	if (*rest == '/') {
		size = strcspn(++rest, "?");
		url->database = text_copy_n(rest, size);
		rest += size;
	}
	return *rest == '?' ? split_query(rest + 1, url) : NULL;
}

fallible db_url_split(const char *text, struct db_url *url)
{
	const char *colon = strstr(text, "://");
	size_t size = 0;
	while (isalnum((unsigned char)text[size]) || text[size] == '_' || text[size] == '+')
		size++;
	if (!size || text + size != colon)
		return error_hint(error_new(ERR_SETTINGS, "this is not a database URL"),
				  "write sqlite:////path/to/webui.db or postgresql://user:password@host:5432/name");
	for (const char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			return error_hint(error_new(ERR_SETTINGS, "the database URL holds a control character"),
					  "look for a stray line end or tab; in a password write %%0A, %%09");
	AUTO(db_url) struct db_url parsed = {.scheme = text_copy_n(text, size)};
	TRY(split_rest(colon + 3, &parsed));
	*url = parsed;
	parsed = (struct db_url){0};
	return NULL;
}

const char *db_url_parameter(const struct db_url *url, const char *name)
{
	for (size_t i = url->names.count; i > 0; i--)
		if (!strcmp(url->names.items[i - 1], name))
			return url->values.items[i - 1];
	return NULL;
}

void db_url_cleanup(struct db_url *url)
{
	free(url->scheme);
	free(url->user);
	secret_free(url->password);
	free(url->hosts);
	free(url->database);
	strings_cleanup(&url->names);
	secrets_cleanup(&url->values); /* a password may be among them */
	*url = (struct db_url){0};
}
