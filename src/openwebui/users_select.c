/* The query behind `user list` and `user export`. */
#include <string.h>

#include "base/memory.h"
#include "openwebui/users.h"

const char *const user_sorts[] = {"created", "email", "name", "role", "active", NULL};

const char *const user_given_columns[] = {"id", "last_active_at", "created_at", "updated_at", NULL};

/* The id makes every order total, so that two runs list alike. */
static const struct {
	const char *sort, *expression;
} orders[] = {
	{"created", "u.created_at"}, {"email", "u.email"},           {"name", "u.name"},
	{"role", "u.role"},          {"active", "u.last_active_at"},
};

_Static_assert(COUNT(orders) + 1 == COUNT(user_sorts), "a key without its expression would sort by created");

#define MOST_PARAMETERS 16

struct query {
	struct str sql;
	struct db_value parameters[MOST_PARAMETERS];
	size_t count;
	bool filtered;
};

static void condition(struct query *query, const char *sql)
{
	str_add(&query->sql, query->filtered ? " and " : " where ");
	str_add(&query->sql, sql);
	query->filtered = true;
}

/* Adds a condition with one parameter, which stands for %zu in `format`. */
#define FILTER(query, format, value)                                                           \
	do {                                                                                   \
		(query)->parameters[(query)->count++] = (value);                               \
		AUTO(memory) char *filter_text = text_format(format, (query)->count);          \
		condition(query, filter_text);                                                 \
	} while (0)

static void filter_roles(struct query *query, const struct strings *roles)
{
	AUTO(str) struct str list = {0};
	str_add(&list, "u.role in (");
	for (size_t i = 0; i < roles->count; i++) {
		query->parameters[query->count++] = db_text(roles->items[i]);
		str_add_format(&list, "%s$%zu", i ? ", " : "", query->count);
	}
	str_add_char(&list, ')');
	condition(query, str_text(&list));
}

static char *like_pattern(const char *search)
{
	struct str pattern = {0};
	str_add_char(&pattern, '%');
	db_add_like(&pattern, search);
	str_add_char(&pattern, '%');
	return str_take(&pattern);
}

/* The engine makes both sides lower case, so that what it does not know as a letter is still found as it stands. */
static void filter_text(struct query *query, const char *lower, const char *pattern)
{
	query->parameters[query->count++] = db_text(pattern);
	AUTO(memory) char *text =
		text_format("%s(u.email || ' ' || coalesce(u.name, '')) like %s($%zu) escape '\\'", lower, lower,
			    query->count);
	condition(query, text);
}

static void order(struct query *query, const struct user_filter *filter)
{
	const char *expression = orders[0].expression;
	for (size_t i = 0; filter->sort && i < COUNT(orders); i++)
		if (!strcmp(orders[i].sort, filter->sort))
			expression = orders[i].expression;
	const char *direction = filter->reverse ? " desc" : "";
	str_add_format(&query->sql, " order by %s%s, u.id%s", expression, direction, direction);
	if (filter->limit > 0)
		str_add_format(&query->sql, " limit %lld", (long long)filter->limit);
}

/* One text per account; a name that several groups have, or with the separators in it, can't stand for a group. */
#define GROUPS_OF(aggregate, chr)                                                                               \
	", a.password, (select " aggregate "(label, " chr "(31)) from (select g.id || " chr "(30) || case when"    \
	" g.name is null or g.name like '%' || " chr "(30) || '%' or g.name like '%' || " chr "(31) || '%' or exists"  \
	" (select 1 from \"group\" o where o.name = g.name and o.id <> g.id) then '' else g.name end as label"      \
	" from group_member m join \"group\" g on g.id = m.group_id where m.user_id = u.id order by g.name, g.id)"    \
	" labels)"

fallible users_select(struct installation *installation, const struct user_filter *filter,
		      enum users_selection selection, struct db_rows **rows)
{
	struct query query = {0};
	bool export = selection == USERS_FOR_EXPORT;
	const char *more = db_pick(installation->db, GROUPS_OF("group_concat", "char"),
				   GROUPS_OF("string_agg", "chr"));
	str_add_format(&query.sql,
		       "select u.id, u.email, u.name, u.role, u.last_active_at, u.created_at, u.updated_at%s"
		       " from \"user\" u%s",
		       export ? more : "", export ? " left join auth a on a.id = u.id" : "");
	if (filter->roles && filter->roles->count)
		filter_roles(&query, filter->roles);
	if (filter->active_since)
		FILTER(&query, "u.last_active_at >= $%zu", db_integer(filter->active_since));
	if (filter->inactive_since)
		FILTER(&query, "u.last_active_at < $%zu", db_integer(filter->inactive_since));
	AUTO(memory) char *pattern = filter->search ? like_pattern(filter->search) : NULL;
	if (pattern)
		filter_text(&query, db_lower(installation->db), pattern);
	if (filter->group)
		FILTER(&query, "u.id in (select user_id from group_member where group_id = $%zu)",
		       db_text(filter->group));
	order(&query, filter);
	struct error *error = db_query(installation->db, str_text(&query.sql), query.parameters, query.count, rows);
	str_cleanup(&query.sql);
	return error;
}
