/* A pair of keys, for those who have no age-keygen. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "commands/repo/repo.h"

struct arguments {
	const char *file;
};

static const struct argument arguments_table[] = {
	{.name = "FILE",
	 OPTION_TEXT(struct arguments, file),
	 .help = "new file for the secret key",
	 .required = true,
	 .complete = complete_file},
	{0},
};

static const struct column columns[] = {
	{"recipient", COLUMN_TEXT, .nullable = true, .help = "public key, to encrypt for; null in a dry run"},
	{"file", COLUMN_TEXT, .help = "file with the secret key"},
	{"outcome", COLUMN_TEXT, .help = "`created` or `would create`"},
	{0},
};

/* Only the file's owner ever sees it, and one that is there stays: what it opens would be lost with it. */
static fallible write_new(const char *file, const char *text)
{
	struct error *error = file_make(file, text, strlen(text));
	return error && error->code == ERR_INPUT
		       ? error_hint(error, "it may have a key that is in use: name another file")
		       : error;
}

static fallible make(const char *file, char **recipient)
{
	unsigned char key[AGE_KEY_SIZE];
	char made[CLOCK_TEXT_SIZE];
	AUTO(secret) char *identity = NULL;
	age_new_identity(&identity, key);
	*recipient = age_recipient_text(key);
	clock_format(clock_now(), made);
	AUTO(secret) char *text =
		text_format("# created: %s\n# public key: %s\n%s\n", made, *recipient, identity);
	return write_new(file, text);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(memory) char *recipient = NULL;
	TRY(audit_prepare(context));
	if (!context->globals.dry_run) {
		TRY(make(arguments->file, &recipient));
		context->change = CHANGE_MADE;
		AUTO(json) json_t *details = json_pack("{s:s}", "recipient", recipient);
		audit_record(context, arguments->file, details);
	}
	const char *cells[] = {recipient, arguments->file, recipient ? "created" : "would create"};
	TRY(context_print_texts(context, NULL, cells, COUNT(cells)));
	if (recipient)
		context_done(context, "to do: keep %s in two places elsewhere; without it nobody can restore",
			     arguments->file);
	return NULL;
}

const struct command repo_keys_command = {
	.name = "keys",
	.summary = "make a pair of keys for backups",
	.description = "Makes a secret key and the public one that belongs to it, as `age-keygen` does. The secret key "
		       "goes into a new file that only its owner can read, the public one is printed: that is what "
		       "backups are encrypted for.\n\n"
		       "Keep the file away from the machine that makes the backups, and more than once: without it "
		       "nobody can restore.",
	.arguments = arguments_table,
	.examples = (const struct example[]){{"owctl repo keys backup-key.txt",
					      "a secret key in a new file, and its public key to look at"}, {0}},
	.exits = (const int[]){ERR_INPUT, ERR_PERMISSION, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
