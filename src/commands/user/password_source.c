#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "commands/user/user.h"

/* --password-stdin where somebody sits at standard input: what is typed must not be shown. */
bool password_is_asked(const struct password_source *source)
{
	return !source->generate && !source->file && (!source->from_stdin || isatty(STDIN_FILENO));
}

fallible password_account_first(struct context *context, const struct password_source *source, const char *who)
{
	AUTO(installation) struct installation installation = {0};
	AUTO(user) struct user user = {0};
	if (!password_is_asked(source))
		return NULL;
	TRY(command_open(context, &installation));
	return user_find(&installation, who, &user);
}

fallible password_will_show(struct context *context, bool generate)
{
	bool shown = true;
	if (generate)
		TRY(context_prints(context, "password", &shown));
	return shown ? NULL
		     : error_hint(error_new(ERR_USAGE, "--columns leaves out the password that --generate makes"),
				  "add the column password: it is shown this once only");
}

fallible password_obtain(const struct password_source *source, const struct password_rules *rules, const char *what,
			 bool twice, char **password)
{
	static const char given[] = "give it with --password-stdin or --password-file FILE";
	static const char made[] =
		"give it with --password-stdin or --password-file FILE, or have one made with --generate";
	if (source->from_stdin + source->generate + (source->file != NULL) > 1)
		return error_hint(error_new(ERR_USAGE, "more than one source for the password"),
				  "give one of --password-stdin, --password-file and --generate");
	if (source->generate)
		return password_rules_generate(rules, password);
	if (password_is_asked(source))
		return prompt_password(what, twice, rules ? made : given, password);
	return file_read_secret(source->from_stdin ? "-" : source->file, password);
}
