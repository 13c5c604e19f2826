#include "provision/conflicts.h"

#include <string.h>

#include "base/memory.h"
#include "openwebui/schema.h"

/* On PostgreSQL lower() knows the letters of the database's locale; that of ICU, if it is there, knows all. */
static fallible unicode_lower(struct installation *installation, char **expression)
{
	int64_t icu = 0;
	if (!db_can(installation->db, DB_CAN_STORE_ANYTHING))
		TRY(db_single_integer(installation->db,
				      "select count(*) from pg_collation where collname = 'und-x-icu' and"
				      " (select encoding from pg_database where datname = current_database())"
				      " = 6 /* UTF-8 */",
				      NULL, 0, &icu));
	*expression = icu ? text_copy("lower(email collate \"und-x-icu\")")
			  : text_format("%s(email)", db_lower(installation->db));
	return NULL;
}

/* The identities of each account: "google@1234". What is no object, or has a NUL in it, names none. */
#define SUBJECTS_SQLITE                                                                                           \
	"select j.key || '@' || json_extract(j.value, '$.sub') as key, u.id, u.email from \"user\" u, json_each("    \
	"case when not json_valid(u.oauth) then '{}' when json_type(u.oauth) = 'object' then u.oauth else '{}' end)" \
	" j where j.type = 'object' and json_extract(j.value, '$.sub') is not null"
#define SUBJECTS_POSTGRESQL                                                                                        \
	"select j.key || '@' || (j.value ->> 'sub') as key, u.id, u.email from \"user\" u cross join lateral"         \
	" json_each(case when strpos(u.oauth::text, '\\u0000') > 0 then '{}'::json"                                  \
	" when json_typeof(u.oauth::json) = 'object' then u.oauth::json else '{}'::json end) j"                      \
	" where case when json_typeof(j.value) = 'object' then j.value ->> 'sub' end is not null"

/* Of rows (key, id, email) those with a key that others have as well: `counted` tells how often it is there. */
static char *of_one_key(const char *rows, const char *counted)
{
	return text_format("select key, id, email from (%s) s where key in"
			   " (select key from (%s) d group by key having count(%s) > 1)",
			   rows, rows, counted);
}

static fallible addresses(struct installation *installation, bool by_unicode, char **sql)
{
	AUTO(memory) char *lower = NULL;
	if (by_unicode)
		TRY(unicode_lower(installation, &lower));
	/* Compared by bytes: the order of a language takes five times as long. */
	AUTO(memory) char *rows = text_format("select %s%s as key, id, email from \"user\" where email is not null",
					      by_unicode ? lower : "lower(email)",
					      db_pick(installation->db, "", " collate \"C\""));
	*sql = of_one_key(rows, by_unicode ? db_pick(installation->db, "distinct lower(email)",
						     "distinct lower(email) collate \"C\"")
					   : "*");
	return NULL;
}

static char *identities(const struct installation *installation, const struct known_columns *columns)
{
	if (known_columns_type(columns, "user", "oauth"))
		return of_one_key(db_pick(installation->db, SUBJECTS_SQLITE, SUBJECTS_POSTGRESQL), "distinct id");
	if (known_columns_type(columns, "user", "oauth_sub"))
		return of_one_key("select oauth_sub as key, id, email from \"user\" where oauth_sub <> ''",
				  "distinct id");
	return NULL;
}

static char *api_keys(const struct known_columns *columns)
{
	if (known_columns_type(columns, "api_key", "key"))
		return of_one_key("select a.key, a.user_id as id, u.email from api_key a"
				  " left join \"user\" u on u.id = a.user_id",
				  "distinct id");
	if (known_columns_type(columns, "user", "api_key"))
		return of_one_key("select api_key as key, id, email from \"user\" where api_key <> ''",
				  "distinct id");
	return NULL;
}

/* The accounts of all conflicts of one kind, as (key, id, email); NULL where the database can't have any. */
static fallible accounts_of(struct installation *installation, const struct known_columns *columns,
			    enum conflict_kind kind, char **sql)
{
	switch (kind) {
	case CONFLICT_ADDRESS:
	case CONFLICT_ADDRESS_UNICODE:
		return addresses(installation, kind == CONFLICT_ADDRESS_UNICODE, sql);
	case CONFLICT_OAUTH:
		*sql = identities(installation, columns);
		break;
	case CONFLICT_API_KEY:
		*sql = api_keys(columns);
		break;
	case CONFLICT_NO_ACCOUNT:
		*sql = text_copy("select a.id as key, a.id, a.email from auth a where not exists"
				 " (select 1 from \"user\" u where u.id = a.id)");
		break;
	case CONFLICT_NO_CREDENTIALS:
		*sql = text_copy("select u.id as key, u.id, u.email from \"user\" u where not exists"
				 " (select 1 from auth a where a.id = u.id)");
		break;
	case CONFLICT_SIGN_IN_ADDRESS:
		*sql = text_copy("select u.id as key, u.id, u.email from \"user\" u join auth a on a.id = u.id"
				 " where a.email <> u.email");
		break;
	case CONFLICT_KINDS:
		break;
	}
	return NULL;
}

/* Owners of rows, once for each row: of `table`, or with NULL of all tables but chats and files. */
static void add_owners(struct str *sql, const struct known_columns *columns, const char *table)
{
	static const char *const apart[] = {"auth", "chat", "chat_message", "file"};
	size_t count = 0;
	for (const struct possession *kind = possessions; kind->table; kind++) {
		bool wanted = table ? !strcmp(kind->table, table) : true;
		for (size_t i = 0; !table && i < COUNT(apart); i++)
			wanted &= strcmp(kind->table, apart[i]) != 0;
		if (wanted && known_columns_type(columns, kind->table, kind->column))
			str_add_format(sql,
				       "%sselect %s as owner from \"%s\" where %s in (select id from found)",
				       count++ ? " union all " : "", kind->column, kind->table, kind->column);
	}
	if (!count)
		str_add(sql, "select id as owner from found where 1 = 0");
}

fallible conflicts_select(struct installation *installation, const struct known_columns *columns,
			  enum conflict_kind kind, struct db_rows **rows)
{
	AUTO(memory) char *accounts = NULL;
	AUTO(str) struct str sql = {0};
	static const struct {
		const char *table, *alias;
	} counts[] = {{"chat", "c"}, {"file", "f"}, {NULL, "o"}};
	TRY(accounts_of(installation, columns, kind, &accounts));
	str_add_format(&sql,
		       "with found as (%s) select found.key, found.id, found.email, u.name, u.role, u.created_at,"
		       " u.last_active_at, case when coalesce(a.password, '') <> '' then 1 else 0 end,"
		       " coalesce(c.n, 0), coalesce(f.n, 0), coalesce(o.n, 0) from found"
		       " left join \"user\" u on u.id = found.id left join auth a on a.id = found.id",
		       accounts ? accounts : "select id as key, id, email from \"user\" where 1 = 0");
	for (size_t i = 0; i < COUNT(counts); i++) {
		str_add(&sql, " left join (select owner, count(*) as n from (");
		add_owners(&sql, columns, counts[i].table);
		str_add_format(&sql, ") t group by owner) %s on %s.owner = found.id", counts[i].alias, counts[i].alias);
	}
	str_add(&sql, " order by found.key, u.created_at, found.id");
	return db_query(installation->db, str_text(&sql), NULL, 0, rows);
}
