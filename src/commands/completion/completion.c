/* Prints the script that teaches a shell to complete owctl's words. */
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "cli/context.h"
#include "cli/screen.h"
#include "commands/commands.h"

EMBED_FILE(completion_bash, "completions/owctl.bash");
EMBED_FILE(completion_zsh, "completions/_owctl");
EMBED_FILE(completion_fish, "completions/owctl.fish");

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

struct arguments {
	const char *shell;
};

static fallible run(struct context *context UNUSED, const void *values)
{
	const struct arguments *arguments = values;
	const char *script = !strcmp(arguments->shell, "bash")  ? completion_bash
			     : !strcmp(arguments->shell, "zsh") ? completion_zsh
								: completion_fish;
	AUTO(str) struct str text = {0};
	str_add(&text, script);
	return screen_write(stdout, &text);
}

static const struct argument arguments[] = {
	{.name = "SHELL",
	 OPTION_CHOICE(struct arguments, shell, shells),
	 .required = true,
	 .help = "the shell: bash, zsh or fish"},
	{0},
};

static const struct example examples[] = {
	{"owctl completion bash > /etc/bash_completion.d/owctl", "for every user of bash"},
	{"owctl completion zsh > /usr/local/share/zsh/site-functions/_owctl", "for every user of zsh"},
	{"owctl completion fish > ~/.config/fish/completions/owctl.fish", "for yourself in fish"},
	{0},
};

const struct command completion_command = {
	.name = "completion",
	.summary = "print the script that makes Tab work in bash, zsh or fish",
	.description = "Tab then completes commands, options, and what the installation has: accounts, groups, "
		       "snapshots. The script asks owctl itself what may come next, so it never needs to be renewed. "
		       "The packages and `make install` put it in its place already.\n\n"
		       "To try it in the bash or zsh that runs: `source <(owctl completion bash)`; in fish: "
		       "`owctl completion fish | source`.",
	.arguments = arguments,
	.examples = examples,
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
