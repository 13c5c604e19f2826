#include "migrate/table_clause.h"

#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"

static bool starts_clause(const struct sql_token *token, const struct sql_token *before)
{
	static const char *const always[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "COLLATE",
					     "REFERENCES", "GENERATED", NULL};
	static const char *const before_null[] = {"NOT", "DEFAULT", "SET", NULL};
	struct sql_token after = sql_token_next(token->end);
	return sql_token_is_one_of(token, always) ||
	       (sql_token_is(token, "NOT") && !sql_token_is(&after, "DEFERRABLE")) ||
	       (sql_token_is(token, "NULL") && !sql_token_is_one_of(before, before_null)) ||
	       (sql_token_is(token, "DEFAULT") && !sql_token_is(before, "SET")) ||
	       (sql_token_is(token, "AS") && !sql_token_is(before, "ALWAYS"));
}

bool clause_next(const char *at, struct clause *clause)
{
	int depth = 0;
	bool found = false, named = false;
	struct sql_token before = {SQL_END, at, at}, token = sql_token_next(at);
	*clause = (struct clause){.from = at, .end = at, .name = before, .keyword = before};
	for (; token.kind != SQL_END; before = token, token = sql_token_next(token.end)) {
		if (!depth && starts_clause(&token, &before)) {
			if (found && !named)
				break;
			clause->from = found ? clause->from : before.end;
			found = true;
			clause->keyword = token;
			named = sql_token_is(&token, "CONSTRAINT");
			if (named)
				token = clause->name = sql_token_next(token.end);
		}
		depth += sql_token_depth(&token);
		clause->end = token.end;
	}
	return found;
}

const char *clauses_begin(const struct table_item *item)
{
	return item->column ? sql_token_next(item->text).end : item->text;
}

void clause_replace(struct table_item *item, const char *from, const char *end, const char *text)
{
	char *changed = text_format("%.*s%s%s", (int)(from - item->text), item->text, text, end);
	free(item->text);
	item->text = changed;
}

bool clause_find(const struct table_item *item, const char *keyword, struct clause *clause)
{
	for (const char *at = clauses_begin(item); clause_next(at, clause); at = clause->end)
		if (sql_token_is(&clause->keyword, keyword))
			return true;
	return false;
}

bool clause_find_named(const struct table_item *item, const char *name, struct clause *clause)
{
	for (const char *at = clauses_begin(item); clause_next(at, clause); at = clause->end) {
		AUTO(memory) char *own = sql_token_name(&clause->name);
		if (clause->name.kind != SQL_END && !strcasecmp(own, name))
			return true;
	}
	return false;
}
