#include "migrate/sql_token.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

static const char *past_blanks(const char *at)
{
	for (;;) {
		if (isspace((unsigned char)*at)) {
			at++;
		} else if (text_starts(at, "--")) {
			at += strcspn(at, "\n");
		} else if (text_starts(at, "/*")) {
			const char *close = strstr(at + 2, "*/");
			at = close ? close + 2 : at + strlen(at);
		} else {
			return at;
		}
	}
}

static char closing_of(char open)
{
	return open == '[' ? ']' : strchr("\"`'", open) ? open : '\0';
}

/* A sign that is doubled does not close; "]" can't be doubled. */
static const char *past_quoted(const char *at, char close)
{
	for (at++; *at; at++)
		if (*at == close) {
			if (close == ']' || at[1] != close)
				return at + 1;
			at++;
		}
	return at;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

struct sql_token sql_token_next(const char *text)
{
	const char *start = past_blanks(text), *end = start;
	if (!*start)
		return (struct sql_token){SQL_END, start, start};
	char close = closing_of(*start);
	if (close)
		return (struct sql_token){SQL_QUOTED, start, past_quoted(start, close)};
	while (in_word(*end))
		end++;
	return (struct sql_token){SQL_PLAIN, start, end > start ? end : start + 1};
}

bool sql_token_is(const struct sql_token *token, const char *word)
{
	size_t size = (size_t)(token->end - token->start);
	return token->kind == SQL_PLAIN && strlen(word) == size && !strncasecmp(token->start, word, size);
}

bool sql_token_is_one_of(const struct sql_token *token, const char *const *words)
{
	while (*words && !sql_token_is(token, *words))
		words++;
	return *words;
}

int sql_token_depth(const struct sql_token *token)
{
	return sql_token_is(token, "(") - sql_token_is(token, ")");
}

char *sql_token_name(const struct sql_token *token)
{
	if (token->kind != SQL_QUOTED)
		return text_copy_n(token->start, (size_t)(token->end - token->start));
	AUTO(str) struct str name = {0};
	char close = closing_of(*token->start);
	for (const char *at = token->start + 1; at < token->end - 1; at++) {
		str_add_char(&name, *at);
		if (*at == close)
			at++;
	}
	return str_take(&name);
}

void sql_statements(const char *sql, struct strings *statements)
{
	struct sql_token first = sql_token_next(sql);
	while (first.kind != SQL_END) {
		const char *end = first.start;
		struct sql_token token = first;
		for (; token.kind != SQL_END && !sql_token_is(&token, ";"); token = sql_token_next(token.end))
			end = token.end;
		if (end > first.start)
			strings_add_taken(statements, text_copy_n(first.start, (size_t)(end - first.start)));
		first = sql_token_next(token.end);
	}
}

bool sql_take(const char **at, const char *words)
{
	AUTO(strings) struct strings list = {0};
	const char *rest = *at;
	strings_split(&list, words, ' ');
	for (size_t i = 0; i < list.count; i++) {
		struct sql_token token = sql_token_next(rest);
		if (!sql_token_is(&token, list.items[i]))
			return false;
		rest = token.end;
	}
	*at = rest;
	return true;
}

char *sql_take_name(const char **at)
{
	struct sql_token token = sql_token_next(*at);
	*at = token.end;
	return sql_token_name(&token);
}
