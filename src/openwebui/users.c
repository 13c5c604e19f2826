#include "openwebui/users.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "openwebui/password_rules.h"
#include "openwebui/schema.h"

fallible user_primary(struct installation *installation, char **id)
{
	bool found;
	return db_single_text(installation->db,
			      "select id from \"user\" order by created_at,"
			      " case when role = 'admin' then 0 else 1 end, id limit 1",
			      NULL, 0, &found, id);
}

fallible user_check_spared(struct installation *installation, const struct user *user)
{
	AUTO(memory) char *primary = NULL;
	TRY(user_primary(installation, &primary));
	if (text_equal(primary, user->id))
		return error_hint(error_new(ERR_PERMISSION,
					    "%s is the oldest account, which Open WebUI takes for the primary "
					    "administrator",
					    user->email),
				  "it can't be deleted or lose the role admin; its address, name and password can "
				  "change");
	if (!text_equal(user->role, "admin"))
		return NULL;
	struct db_value parameter = db_text(user->id);
	int64_t others;
	TRY(db_single_integer(installation->db, "select count(*) from \"user\" where role = 'admin' and id <> $1",
			      &parameter, 1, &others));
	return others ? NULL
		      : error_hint(error_new(ERR_FAILED, "%s is the only administrator", user->email),
				   "make another one first: `owctl user update USER --role admin`");
}

fallible user_password_hash(struct installation *installation, const char *id, char **hash)
{
	bool found;
	struct db_value parameter = db_text(id);
	return db_single_text(installation->db, "select password from auth where id = $1", &parameter, 1, &found, hash);
}

fallible user_groups(struct installation *installation, const char *id, struct strings *names)
{
	struct db_value parameter = db_text(id);
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(installation->db,
		     "select g.name from group_member m join \"group\" g on g.id = m.group_id where m.user_id = $1"
		     " order by g.name, g.id",
		     &parameter, 1, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		strings_add(names, db_cell_text(rows, 0) ? db_cell_text(rows, 0) : "");
	return error;
}

fallible user_check_email_unused(struct installation *installation, const char *id, const char *email)
{
	if (!email)
		return NULL;
	struct db_value parameters[] = {db_text(email), db_text(id)};
	int64_t others;
	TRY(db_single_integer(installation->db,
			      "select count(*) from \"user\" where lower(email) = $1 and id <> $2", parameters,
			      COUNT(parameters), &others));
	return others ? error_hint(error_new(ERR_INPUT, "another account has the address %s", email),
				   "`owctl user show %s` shows it", email)
		      : NULL;
}

/* One column of one account. */
static fallible set_column(struct installation *installation, const char *table, const char *column, const char *value,
			   const char *id)
{
	if (!value)
		return NULL;
	AUTO(memory) char *sql = text_format("update \"%s\" set %s = $1 where id = $2", table, column);
	struct db_value parameters[] = {db_text(value), db_text(id)};
	int64_t changed;
	TRY(db_run(installation->db, sql, parameters, COUNT(parameters), &changed));
	if (changed)
		return NULL;
	return error_hint(error_new(ERR_FAILED,
				    "the database does not change %s of \"%s\" for account %s; nothing was changed",
				    column, table, id),
			  "%s", swallowed_hint);
}

/* Where it stands a second time, for accounts that have a row there. */
static fallible set_auth_email(struct installation *installation, const char *email, const char *id)
{
	struct db_value parameters[] = {db_text(email), db_text(id)};
	return db_run(installation->db, "update auth set email = $1 where id = $2", parameters, COUNT(parameters),
		      NULL);
}

fallible user_update(struct installation *installation, const char *id, const struct user_change *change, int64_t now)
{
	if (change->email) {
		TRY(user_check_email_unused(installation, id, change->email));
		TRY(set_auth_email(installation, change->email, id));
	}
	TRY(set_column(installation, "user", "email", change->email, id));
	TRY(set_column(installation, "user", "name", change->name, id));
	TRY(set_column(installation, "user", "role", change->role, id));
	TRY(set_column(installation, "user", "username", change->username, id));
	struct db_value parameters[] = {db_integer(now), db_text(id)};
	return db_run(installation->db, "update \"user\" set updated_at = $1 where id = $2", parameters,
		      COUNT(parameters), NULL);
}

/* Sign-in challenges that are under way were opened with the old password. The form of the document is MfaData of
 * models/auths.py; its revision is what a server compares before it changes the factor. */
static fallible drop_challenges(struct installation *installation, const char *id)
{
	bool found;
	AUTO(memory) char *text = NULL;
	struct db_value parameter = db_text(id);
	TRY(db_single_text(installation->db, "select cast(mfa as text) from auth where id = $1", &parameter, 1, &found,
			   &text));
	json_auto_t *mfa = text ? json_loads(text, 0, NULL) : NULL;
	if (!json_is_object(mfa))
		return NULL;
	char revision[UUID_TEXT_SIZE];
	random_uuid(revision);
	json_object_set_new(mfa, "login_challenge", json_null());
	json_object_set_new(mfa, "manage_challenge", json_null());
	json_object_set_new(mfa, "reset_ticket", json_null());
	json_object_set_new(mfa, "revision", json_string(revision));
	AUTO(memory) char *changed = json_dumps(mfa, JSON_COMPACT);
	return set_column(installation, "auth", "mfa", changed, id);
}

fallible user_set_password(struct installation *installation, const char *id, const char *hash)
{
	int64_t changed;
	struct db_value parameters[] = {db_text(hash), db_text(id)};
	TRY(password_algorithm_usable(password_hash_algorithm(hash), installation->read_as));
	TRY(db_run(installation->db, "update auth set password = $1 where id = $2", parameters, COUNT(parameters),
		   &changed));
	if (!changed)
		return error_hint(error_new(ERR_INPUT, "the account %s has no row in auth", id),
				  "Open WebUI itself lets such an account in by single sign-on only");
	if (!schema_has(installation->read_as, "auth", "session_stamp"))
		return NULL;
	char stamp[UUID_TEXT_SIZE];
	random_uuid(stamp);
	TRY(set_column(installation, "auth", "session_stamp", stamp, id));
	return drop_challenges(installation, id);
}
