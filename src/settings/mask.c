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

/* Names like password, sslpassword, api_token; an encoded one could be any of them. sslkey and passfile are paths. */
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

/* Where a port begins that is not a number: it may be a password whose host was forgotten. NULL when all are. */
static const char *doubtful_port(const char *hosts, size_t size)
{
	bool bracket = false;
	for (size_t i = 0; i < size; i++) {
		bracket = hosts[i] == '[' || (bracket && hosts[i] != ']');
		if (bracket || hosts[i] != ':')
			continue;
		size_t digits = strspn(hosts + i + 1, "0123456789");
		size_t end = i + 1 + digits;
		if (end < size && hosts[end] != ',')
			return hosts + i + 1;
	}
	return NULL;
}

/* "host:5432", "a:1,b:2", "[::1]:5432", with the path behind it. */
static void add_hosts(struct str *out, const char *text, const char *end)
{
	const char *path = memchr(text, '/', (size_t)(end - text));
	const char *doubtful = doubtful_port(text, (size_t)((path ? path : end) - text));
	str_add_n(out, text, (size_t)((doubtful ? doubtful : end) - text));
	if (doubtful)
		str_add(out, MASK);
}

static void add_url(struct str *out, const char *text)
{
	const char *rest = strstr(text, "://") + 3;
	const char *query = query_of(rest);
	const char *at = memrchr(rest, '@', (size_t)(query - rest));
	if (!at && strchr(query, '@')) { /* the "?" is part of a password */
		at = strrchr(query, '@');
		query = query_of(at);
	}
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

/* The end of one of libpq's pairs: blanks around "=" and quotes with escapes allowed. `*value` is 0 without a "=". */
static size_t pair_size(const char *text, size_t key, size_t *value)
{
	size_t end = key + strspn(text + key, " ");
	*value = 0;
	if (text[end] != '=')
		return key;
	end++;
	end += strspn(text + end, " ");
	*value = end;
	char stop = text[end] == '\'' ? '\'' : ' ';
	for (end += stop == '\''; text[end] && text[end] != stop; end++)
		if (text[end] == '\\' && text[end + 1])
			end++;
	return end + (stop == '\'' && text[end]);
}

/* A word without "=" may be the rest of a password with a blank in it, and so may what is no keyword. */
static void add_pairs(struct str *out, const char *text)
{
	while (*text) {
		size_t key = strcspn(text, "= "), value;
		size_t size = pair_size(text, key, &value);
		bool keyword = value && strspn(text, "abcdefghijklmnopqrstuvwxyz_") == key;
		bool secret = !keyword || is_secret_key(text, key);
		str_add_n(out, text, !secret ? size : keyword ? value : 0);
		if (secret && size)
			str_add(out, MASK);
		size_t blanks = strspn(text + size, " ");
		str_add_n(out, text + size, blanks);
		text += size + blanks;
	}
}

static bool is_url(const char *text)
{
	size_t scheme = 0;
	while (isalnum((unsigned char)text[scheme]) || (text[scheme] && strchr("+-._", text[scheme])))
		scheme++;
	return scheme && !strncmp(text + scheme, "://", 3);
}

static bool is_path(const char *text)
{
	return text[0] == '.' || (text[0] == '/' && text[1] != '/');
}

char *url_mask(const char *url)
{
	struct str out = {0};
	if (is_url(url))
		add_url(&out, url);
	else if (is_path(url))
		str_add(&out, url);
	else if (strchr(url, '='))
		add_pairs(&out, url);
	else
		str_add(&out, strpbrk(url, "@:") ? MASK : url);
	return str_take(&out);
}
