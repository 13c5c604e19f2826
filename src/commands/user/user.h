/* What the `owctl user` commands share. */
#ifndef COMMANDS_USER_USER_H
#define COMMANDS_USER_USER_H

#include "cli/command.h"
#include "commands/common.h"
#include "commands/live.h"
#include "openwebui/account_rules.h"
#include "openwebui/password_rules.h"
#include "openwebui/users.h"

extern const struct command user_list_command, user_show_command, user_create_command, user_update_command,
	user_passwd_command, user_check_password_command, user_delete_command, user_import_command, user_export_command,
	user_conflicts_command, user_merge_command;

/* The row of the account that a command is about. */
#define USER_ARGUMENT(type_name, member)                                                                 \
	{.name = "USER", OPTION_TEXT(type_name, member), .help = "mail address or id", .required = true, \
	 .complete = complete_user}

/* Where a password comes from; at most one may be given. */
struct password_source {
	bool from_stdin;
	const char *file;
	bool generate;
};

/* Whether it is to be typed: nothing else was asked for, or standard input is a terminal. Nobody should type one for an
 * account that isn't there: then this looks for it, and the command looks again inside its transaction. */
bool password_is_asked(const struct password_source *source);
fallible password_account_first(struct context *context, const struct password_source *source, const char *who)
	MUST_CHECK;

/* Reads, prompts for or makes (by `rules`, else NULL) the password; to be released with secret_free. ERR_USAGE when
 * several sources are given, or none and there is no terminal to ask on. `what` is for the prompt: "new password for
 * a@b.c". */
fallible password_obtain(const struct password_source *source, const struct password_rules *rules, const char *what,
			 bool twice, char **password) MUST_CHECK;

/* ERR_USAGE where a password is to be made and --columns would keep it from being shown: nobody would ever know it. */
fallible password_will_show(struct context *context, bool generate) MUST_CHECK;

#define PASSWORD_SOURCE_OPTIONS(type_name, member)                                                                 \
	{.name = "password-stdin",                                                                                 \
	 OPTION_FLAG(type_name, member.from_stdin),                                                                \
	 .help = "read the password from standard input (without one trailing newline; a terminal asks for it)"},  \
	{.name = "password-file",                                                                                  \
	 OPTION_TEXT(type_name, member.file),                                                                      \
	 .value_name = "FILE",                                                                                     \
	 .help = "read the password from a file that only its owner and group can read",                           \
	 .complete = complete_file}

#define GENERATE_OPTION(type_name, member)                                                                         \
	{.name = "generate",                                                                                       \
	 OPTION_FLAG(type_name, member.generate),                                                                   \
	 .help = "make a password and print it once; refused if --columns leaves out password"}

#endif
