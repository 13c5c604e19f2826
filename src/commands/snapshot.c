#include "commands/snapshot.h"

#include "backup/create.h"
#include "backup/repository_settings.h"
#include "base/json.h"
#include "commands/common.h"
#include "openwebui/database.h"
#include "openwebui/vectors.h"

const struct installation_options command_snapshot_access = {
	.access = DB_READ, .any_revision = true, .large_work = true};

static fallible open_for_reading(const struct context *context, const struct db_target *target, struct db **db)
{
	const struct db_options how = {
		.read_only = true, .large_values = true, .connect_timeout_s = context->globals.timeout};
	return db_open(target, &how, db);
}

fallible command_open_another(void *context, struct db **db)
{
	const struct context *of = context;
	AUTO(db_target) struct db_target target = {0};
	TRY(database_target(of->settings, &target));
	return open_for_reading(of, &target, db);
}

fallible command_open_vectors(void *context, struct db **db)
{
	const struct context *of = context;
	AUTO(db_target) struct db_target target = {0};
	TRY(vectors_target(of->settings, &target));
	return open_for_reading(of, &target, db);
}

fallible command_snapshot_database(struct context *context, const struct repository *repository,
				   const struct age_recipients *recipients, const struct strings *tags,
				   struct record *record)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(strings) struct strings missing = {0};
	AUTO(json) json_t *settings = NULL;
	struct installation_options how = command_snapshot_access;
	how.timeout_s = context->globals.timeout;
	TRY(installation_open(context->settings, &how, &installation));
	TRY(command_snapshot_settings(context->settings, installation.file, false, &settings));
	return snapshot_create(&(struct snapshot_request){.repository = repository,
							  .recipients = recipients,
							  .installation = &installation,
							  .databases[DATABASE_MAIN] = {.db = installation.db,
										       .more = command_open_another,
										       .state = context},
							  .label = repository_label(context->settings),
							  .tags = tags,
							  .settings = settings},
			       record, &missing);
}
