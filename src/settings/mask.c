#include "settings/mask.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

#define MASK "***"

/* Masking is for text that may be malformed in any way, so it errs on the side of hiding: it does not parse, it asks
 * which stretch could be a password at worst. */

static bool is_key_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '%' || c == '-';
}

/* "a=b&c=d": what follows a "?" is taken for parameters only when it looks like them throughout. */
static bool is_query(const char *text)
{
	for (;;) {
		size_t key = 0;
		while (is_key_char(text[key]))
			key++;
		if (text[key] != '=' && !(text[key] == '\0' && key == 0))
			return false;
		text = strchr(text, '&');
		if (!text)
			return true;
		text++;
	}
}

static const char *query_of(const char *text)
{
	for (const char *mark = strchr(text, '?'); mark; mark = strchr(mark + 1, '?'))
		if (is_query(mark + 1))
			return mark;
	return text + strlen(text);
}

/* Names such as password, sslpassword, api_token; an encoded one could be any of them. sslkey and passfile are paths. */
static bool is_secret_key(const char *key, size_t size)
{
	static const char *const marks[] = {"pass", "pwd", "secret", "token", "credential", "apikey", "api_key", "%"};
	AUTO(memory) char *name = text_copy_n(key, size);
	if (!strcmp(name, "passfile"))
		return false;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (strcasestr(name, marks[i]))
			return true;
	return false;
}

static void add_query(struct str *out, const char *query)
{
	while (*query) {
		size_t size = strcspn(query + 1, "&") + 1; /* with the "?" or "&" in front */
		const char *equals = memchr(query, '=', size);
		size_t key = equals ? (size_t)(equals - query) - 1 : 0;
		bool secret = equals && is_secret_key(query + 1, key);
		str_add_n(out, query, secret ? key + 2 : size);
		if (secret)
			str_add(out, MASK);
		query += size;
	}
}

/* "host:5432", "a:1,b:2", "[::1]:5432"; a port that is not a number may be a password whose host was forgotten. */
static void add_hosts(struct str *out, const char *text, const char *end)
{
	const char *bracket = *text == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
	const char *path = text;
	while (path < end && *path != '/')
		path++;
	const char *colon = memchr(bracket ? bracket : text, ':', (size_t)(path - (bracket ? bracket : text)));
	bool numbers = true;
	for (const char *c = colon; c && c < path; c++)
		numbers = numbers && (isalnum((unsigned char)*c) || strchr(":,.-", *c)) &&
			  !(c[-1] == ':' && !isdigit((unsigned char)*c));
	if (!colon || numbers) {
		str_add_n(out, text, (size_t)(end - text));
	} else {
		str_add_n(out, text, (size_t)(colon - text) + 1);
		str_add(out, MASK);
	}
}

static void add_url(struct str *out, const char *text)
{
	const char *rest = strstr(text, "://") + 3;
	const char *query = query_of(rest);
	const char *at = memrchr(rest, '@', (size_t)(query - rest));
	str_add_n(out, text, (size_t)(rest - text));
	if (at) {
		const char *colon = memchr(rest, ':', (size_t)(at - rest));
		str_add_n(out, rest, (size_t)((colon ? colon + 1 : at) - rest));
		str_add(out, colon ? MASK "@" : "@");
		rest = at + 1;
	}
	add_hosts(out, rest, query);
	add_query(out, query);
}

/* libpq's pairs, blanks around "=" and quotes allowed. */
static void add_pairs(struct str *out, const char *text)
{
	while (*text) {
		size_t key = strcspn(text, "= ");
		size_t value = key + strspn(text + key, " ");
		value += text[value] == '=';
		value += strspn(text + value, " ");
		size_t end = value;
		bool quoted = text[end] == '\'';
		for (end += quoted; text[end] && text[end] != (quoted ? '\'' : ' '); end++)
			if (text[end] == '\\' && text[end + 1])
				end++;
		end += quoted && text[end];
		bool secret = is_secret_key(text, key);
		str_add_n(out, text, secret ? value : end);
		if (secret)
			str_add(out, MASK);
		size_t blanks = strspn(text + end, " ");
		str_add_n(out, text + end, blanks);
		text += end + blanks;
	}
}

char *url_mask(const char *url)
{
	struct str out = {0};
	if (strstr(url, "://"))
		add_url(&out, url);
	else if (strpbrk(url, "@:"))
		str_add(&out, MASK);
	else if (strchr(url, '='))
		add_pairs(&out, url);
	else
		str_add(&out, url);
	return str_take(&out);
}
