#include "openwebui/installation.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/phase.h"
#include "openwebui/database.h"
#include "openwebui/release.h"
#include "openwebui/schema.h"

const char swallowed_hint[] = "look for a trigger or a rule of the database that keeps it from being written";

/* How much longer than for a connection or a lock an answer is waited for: a statement may have work to do. */
#define PATIENCE 12
#define DEFAULT_TIMEOUT_S 10

/* The number that Open WebUI 0.12 itself takes pg_advisory_xact_lock on around changes of groups. */
#define UPSTREAM_GROUP_LOCK 731947205

static fallible read_recorded(struct installation *installation)
{
	bool exists;
	TRY(db_table_exists(installation->db, "alembic_version", &exists));
	if (!exists)
		return NULL;
	return db_texts(installation->db, "select version_num from alembic_version order by version_num", NULL, 0,
			&installation->recorded);
}

fallible installation_read_revision(struct installation *installation)
{
	const struct strings *recorded = &installation->recorded;
	strings_cleanup(&installation->recorded);
	installation->revision = NULL;
	TRY(read_recorded(installation));
	if (recorded->count == 1)
		installation->revision = revision_find(recorded->items[0]);
	installation->standing = installation->revision ? STANDING_KNOWN
				 : !recorded->count	? STANDING_EMPTY
				 : recorded->count == 1 ? STANDING_UNKNOWN
							: STANDING_BROKEN;
	installation->read_as = installation->revision;
	return NULL;
}

fallible installation_look_again(struct installation *installation)
{
	TRY(db_begin(installation->db, DB_READ));
	return installation_read_revision(installation);
}

fallible installation_check_known(const struct installation *installation)
{
	const char *where = db_display(installation->db);
	if (installation->standing == STANDING_BROKEN) {
		AUTO(memory) char *list = strings_join(&installation->recorded, ", ");
		return error_hint(error_new(ERR_FAILED, "%s records %zu revisions: %s", where,
					    installation->recorded.count, list),
				  "a migration was run twice at once; `owctl migrate repair` tells which of them "
				  "stays");
	}
	if (installation->standing == STANDING_UNKNOWN)
		return error_hint(error_new(ERR_FAILED, "%s is at revision %s, which this owctl does not know", where,
					    installation->recorded.items[0]),
				  "the newest that it knows is %s (%s): a newer owctl may know it, this one changes "
				  "nothing there",
				  revision_head()->id, release_latest()->version);
	return NULL;
}

static fallible not_open_webui(const struct installation *installation)
{
	return error_hint(error_new(ERR_SETTINGS, "%s holds no Open WebUI database", db_display(installation->db)),
			  "check that this is the right database; `owctl migrate up` makes a new one");
}

/* Many programs record revisions in a table of this name: one that owctl does not know may be theirs. */
static fallible check_tables(const struct installation *installation)
{
	static const char *const tables[] = {"user", "auth", "group"};
	for (size_t i = 0; i < COUNT(tables); i++) {
		bool exists;
		TRY(db_table_exists(installation->db, tables[i], &exists));
		if (!exists)
			return not_open_webui(installation);
	}
	return NULL;
}

static fallible check_not_too_old(const struct installation *installation)
{
	const struct revision *oldest = schema_oldest_for_accounts();
	const struct release *first = NULL, *last = NULL;
	if (installation->read_as->ordinal >= oldest->ordinal)
		return NULL;
	release_span(oldest->id, &first, &last);
	return error_hint(error_new(ERR_FAILED, "%s is at revision %s, too old for this command",
				    db_display(installation->db), installation->revision->id),
			  "bring the site to Open WebUI %s or later first; `owctl migrate up` does it for the database",
			  first ? first->version : oldest->id);
}

/* Whether the accounts commands know their way about here. */
static fallible check_standing(struct installation *installation, const struct installation_options *options)
{
	if (installation->standing == STANDING_EMPTY)
		return not_open_webui(installation);
	if (installation->standing == STANDING_UNKNOWN)
		TRY(check_tables(installation));
	if (installation->standing == STANDING_BROKEN || options->for_change)
		TRY(installation_check_known(installation));
	if (installation->standing == STANDING_UNKNOWN) {
		installation->read_as = revision_head();
		log_warning("revision %s is not known to this owctl; it is read as if it were %s",
			    installation->recorded.items[0], installation->read_as->id);
	}
	return options->any_age ? NULL : check_not_too_old(installation);
}

fallible installation_refuse_strangers(struct db *db, const char *table)
{
	AUTO(strings) struct strings found = {0};
	TRY(db_find_strangers(db, table, &found));
	if (!found.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&found, "; ");
	return error_hint(error_new(ERR_FAILED,
				    "%s: what other roles made there would run with the rights of owctl: %s",
				    db_display(db), list),
			  "look what it is, and drop it or ALTER .. OWNER; REVOKE CREATE ON SCHEMA public FROM PUBLIC "
			  "keeps others from it");
}

static fallible open_all(struct settings *settings, const struct installation_options *options,
			 struct installation *installation)
{
	AUTO(db_target) struct db_target target = {0};
	TRY(database_target(settings, &target));
	int64_t timeout_s = options->timeout_s ? options->timeout_s : DEFAULT_TIMEOUT_S;
	struct db_options db_options = {
		.read_only = options->access == DB_READ,
		.create = options->create,
		.may_be_empty = options->any_revision,
		.connect_timeout_s = options->timeout_s,
		.lock_timeout_s = options->timeout_s,
		.silence_timeout_s = options->large_work ? 0 : PATIENCE * timeout_s,
		.large_values = options->large_work,
	};
	TRY(db_open(&target, &db_options, &installation->db));
	installation->file = target.path ? realpath(target.path, NULL) : NULL;
	TRY(db_begin(installation->db, options->look_first ? DB_READ : options->access));
	TRY(installation_refuse_strangers(installation->db, "alembic_version"));
	TRY(installation_read_revision(installation));
	AUTO(memory) char *where = installation_describe(installation);
	log_detail("opened %s", where);
	return options->any_revision ? NULL : check_standing(installation, options);
}

fallible installation_open(struct settings *settings, const struct installation_options *options,
			   struct installation *installation)
{
	size_t phase = phase_begin("opening the database", NULL);
	*installation = (struct installation){.settings = settings};
	struct error *error = open_all(settings, options, installation);
	phase_end(phase);
	if (error)
		installation_cleanup(installation);
	return error;
}

fallible installation_lock(struct installation *installation)
{
	return db_lock(installation->db, UPSTREAM_GROUP_LOCK);
}

fallible installation_commit(struct installation *installation)
{
	return db_commit(installation->db);
}

void installation_cleanup(struct installation *installation)
{
	if (installation->known_at && *installation->known_at == installation)
		*installation->known_at = NULL;
	db_close(installation->db);
	free(installation->file);
	strings_cleanup(&installation->recorded);
	*installation = (struct installation){0};
}

const char *installation_schema(const struct installation *installation)
{
	const char *schema = NULL;
	if (!installation->file) /* an error was told when it was opened */
		error_ignore(settings_get(installation->settings, "DATABASE_SCHEMA", &schema));
	return schema && *schema ? schema : NULL;
}

char *installation_describe(const struct installation *installation)
{
	AUTO(str) struct str text = {0};
	const struct db *db = installation->db;
	if (installation->file)
		str_add_format(&text, "%s %s", db_engine_name(db), installation->file);
	else
		str_add(&text, db_display(db));
	const char *schema = installation_schema(installation);
	if (schema)
		str_add_format(&text, ", schema \"%s\"", schema);
	if (installation->revision) {
		const struct release *first, *last;
		str_add_format(&text, ", revision %s", installation->revision->id);
		if (release_span(installation->revision->id, &first, &last))
			str_add_format(&text, first == last ? " (%s)" : " (%s to %s)", first->version, last->version);
	}
	if (database_profile(installation->settings))
		str_add_format(&text, ", profile %s", database_profile(installation->settings));
	return str_take(&text);
}
