#include "commands/common.h"

#include "base/log.h"
#include "base/memory.h"

static fallible open_installation(struct context *context, enum db_access access, struct installation *installation)
{
	struct installation_options options = {.access = access, .timeout_s = context->globals.timeout};
	return installation_open(context->settings, &options, installation);
}

fallible command_open(struct context *context, struct installation *installation)
{
	return open_installation(context, DB_READ, installation);
}

fallible command_open_for_change(struct context *context, struct installation *installation)
{
	TRY(audit_prepare(context));
	TRY(open_installation(context, context->globals.dry_run ? DB_READ : DB_WRITE, installation));
	return audit_keep_apart(context, installation->file);
}

fallible command_look_again(struct installation *installation)
{
	return db_begin(installation->db, DB_READ);
}

fallible command_not_as_written(const char *what)
{
	return error_hint(error_new(ERR_FAILED, "%s does not read back as it was written", what),
			  "somebody else may have changed it at once; look, and run the command again");
}

fallible command_commit(struct context *context, struct installation *installation, json_t *details)
{
	bool dry_run = context->globals.dry_run;
	AUTO(memory) char *where = installation_describe(installation);
	log_note("%s %s", dry_run ? "would change" : "changing", where);
	struct error *error = dry_run ? NULL : installation_commit(installation);
	if (error || dry_run) {
		json_decref(details);
		return error;
	}
	context->changed = true;
	audit_record(context, where, details);
	return NULL;
}
