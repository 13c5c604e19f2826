/* What the `owctl repo` and `owctl backup` commands share: which repository, for whom it is encrypted, and with what it
 * is opened. */
#ifndef COMMANDS_REPOSITORY_H
#define COMMANDS_REPOSITORY_H

#include "backup/repository_settings.h"
#include "cli/context.h"

/* The exit statuses that work with a repository can lead to. */
#define REPOSITORY_EXITS ERR_INPUT, ERR_UNREACHABLE, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS

#define REPOSITORY_OPTION(type_name)                                                                         \
	{.name = "repository",                                                                              \
	 .letter = 'r',                                                                                     \
	 OPTION_TEXT(type_name, repository),                                                                \
	 .value_name = "LOCATION",                                                                          \
	 .help = "a folder, s3://bucket/prefix, gs://bucket/prefix, azure://account/container/prefix or "     \
		 "sftp://user@host/folder, instead of OWCTL_REPOSITORY",                                     \
	 .complete = complete_folder}

#define RECIPIENT_OPTIONS(type_name)                                                                        \
	{.name = "recipient",                                                                               \
	 OPTION_TEXTS(type_name, recipients),                                                               \
	 .value_name = "AGE1..",                                                                            \
	 .help = "public key that backups are encrypted for, instead of OWCTL_RECIPIENTS"},                 \
	{                                                                                                   \
		.name = "recipients-file", OPTION_TEXT(type_name, recipients_file), .value_name = "FILE",   \
		.help = "file of such public keys, one a line", .complete = complete_file         \
	}

#define IDENTITY_OPTION(type_name)                                                                          \
	{.name = "identity",                                                                                \
	 .letter = 'i',                                                                                     \
	 OPTION_TEXT(type_name, identity),                                                                  \
	 .value_name = "FILE",                                                                              \
	 .help = "file with the secret key (AGE-SECRET-KEY-1..), instead of OWCTL_IDENTITY_FILE",           \
	 .complete = complete_file}

/* `location` of all these: of the option, or NULL. */
/* ERR_SETTINGS where it is inside of `source`, which is to be backed up to it. */
fallible command_repository_apart(struct context *context, const char *location,
				  const struct store_target *source) MUST_CHECK;
fallible command_repository(struct context *context, const char *location, struct repository *repository) MUST_CHECK;

/* For whom to encrypt. ERR_SETTINGS where nobody is named; with `optional` there may be none. */
fallible command_recipients(struct context *context, const struct strings *recipients, const char *file, bool optional,
			    struct age_recipients *found) MUST_CHECK;

/* ERR_SETTINGS where there is none; with `optional` there may be none. */
fallible command_identities(struct context *context, const char *file, bool optional,
			    struct age_identities *identities) MUST_CHECK;

#endif
